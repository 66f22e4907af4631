-- One row for each cohort, attribute and group of people: how many enter it for the first time, and how
-- long people were at risk of that.
-- At risk: each observed day, after `incidence_washout_days` of the observation period, up to and with
-- the day a person first enters the cohort, on whatever day that was.
with

cohort_days as (

    select * from {{ ref('cohort_days') }}

),

cohort_nesting as (

    select * from {{ ref('cohort_nesting') }}

),

observation_period as (

    select * from {{ ref('observation_period') }}

),

person as (

    select * from {{ ref('person') }}

),

calendar_year as (

    {{ calendar_years() }}

),

period_days as (

    select
        person_id,
        start_day as start_date,
        end_day as end_date
    from observation_period

),

observed as (

    {{ collapse_periods('period_days') }}

),

at_risk_periods as (

    select
        person_id,
        start_date + {{ var('incidence_washout_days') }} as start_day,
        end_date as end_day
    from observed
    where start_date + {{ var('incidence_washout_days') }} <= end_date

),

-- The days of a person that lie in one calendar year, and the groups they then belong to.
year_of_person as (

    select
        at_risk_periods.person_id,
        person.sex,
        {{ age_band('calendar_year.calendar_year - person.year_of_birth') }} as age_band,
        cast(calendar_year.calendar_year as varchar) as calendar_year,
        greatest(at_risk_periods.start_day, {{ to_day('calendar_year.first_day') }}) as start_day,
        least(at_risk_periods.end_day, {{ to_day('calendar_year.last_day') }}) as end_day
    from at_risk_periods
    inner join person
        on at_risk_periods.person_id = person.person_id
    inner join calendar_year
        on
            at_risk_periods.start_day <= {{ to_day('calendar_year.last_day') }}
            and at_risk_periods.end_day >= {{ to_day('calendar_year.first_day') }}

),

in_groups as (

    {% for attribute, group_name in [
        ('overall', "'Everyone'"),
        ('sex', 'sex'),
        ('age_band', 'age_band'),
        ('calendar_year', 'calendar_year'),
    ] -%}
    select
        person_id,
        '{{ attribute }}' as attribute,
        {{ group_name }} as group_name,
        start_day,
        end_day
    from year_of_person
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Were nobody ever to enter a cohort, these would be at risk of it.
everyone_at_risk as (

    select
        attribute,
        group_name,
        count(distinct person_id) as n_people,
        sum(end_day - start_day + 1) as n_days
    from in_groups
    group by attribute, group_name

),

first_entry as (

    select
        cohort_name,
        person_id,
        min(start_day) as first_day
    from cohort_days
    group by cohort_name, person_id

),

-- Who enters is not at risk after that: what each of them takes away, and the entry itself.
after_entry as (

    select
        first_entry.cohort_name,
        first_entry.person_id,
        in_groups.attribute,
        in_groups.group_name,
        sum(
            in_groups.end_day - greatest(in_groups.start_day, first_entry.first_day + 1) + 1
        ) filter (where in_groups.end_day > first_entry.first_day) as n_days_after,
        bool_and(in_groups.start_day > first_entry.first_day) as is_never_at_risk,
        bool_or(
            first_entry.first_day between in_groups.start_day and in_groups.end_day
        ) as enters_here
    from first_entry
    inner join in_groups
        on first_entry.person_id = in_groups.person_id
    group by
        first_entry.cohort_name,
        first_entry.person_id,
        in_groups.attribute,
        in_groups.group_name

),

taken_away as (

    select
        cohort_name,
        attribute,
        group_name,
        coalesce(sum(n_days_after), 0) as n_days,
        count(*) filter (where is_never_at_risk) as n_people,
        count(*) filter (where enters_here) as n_cases
    from after_entry
    group by cohort_name, attribute, group_name

),

counted as (

    select
        cohort_nesting.cohort_name,
        cohort_nesting.enters_like,
        cohort_nesting.lies_in,
        everyone_at_risk.attribute,
        everyone_at_risk.group_name,
        everyone_at_risk.n_people - coalesce(taken_away.n_people, 0) as n_people,
        coalesce(taken_away.n_cases, 0) as n_cases,
        (everyone_at_risk.n_days - coalesce(taken_away.n_days, 0)) / 365.25 as person_years
    from cohort_nesting
    cross join everyone_at_risk
    left join taken_away
        on
            cohort_nesting.cohort_name = taken_away.cohort_name
            and everyone_at_risk.attribute = taken_away.attribute
            and everyone_at_risk.group_name = taken_away.group_name

),

final as (

    select
        cohort_name,
        attribute,
        group_name,
        enters_like,
        lies_in,
        n_people,
        n_cases,
        cast(person_years as double) as person_years,
        cast(1000.0 * n_cases / nullif(person_years, 0) as double) as cases_per_1000_years,
        cast(1000.0 * {{ poisson_bound('n_cases', 'lower') }} / nullif(person_years, 0) as double)
            as cases_per_1000_years_lower,
        cast(1000.0 * {{ poisson_bound('n_cases', 'upper') }} / nullif(person_years, 0) as double)
            as cases_per_1000_years_upper
    from counted

)

select * from final
