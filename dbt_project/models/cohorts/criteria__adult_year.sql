-- One row for each person and calendar year whose 1 January lies inside an observation period,
-- with what the rules say of it.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

calendar_year as (

    {{ calendar_years() }}

),

observed_years as (

    select
        observation_period.person_id,
        calendar_year.calendar_year,
        calendar_year.first_day as start_date,
        least(
            calendar_year.last_day, max(observation_period.observation_period_end_date)
        ) as end_date,
        min(observation_period.observation_period_start_date) as observed_since
    from observation_period
    inner join calendar_year
        on
            calendar_year.first_day between observation_period.observation_period_start_date
            and observation_period.observation_period_end_date
    group by
        observation_period.person_id,
        calendar_year.calendar_year,
        calendar_year.first_day,
        calendar_year.last_day

),

years_of_birth as (

    select
        person_id,
        max(year_of_birth) as year_of_birth
    from person
    group by person_id

),

years_with_rules as (

    select
        observed_years.person_id,
        observed_years.start_date,
        observed_years.end_date,
        {{ add_days('observed_years.observed_since', 365) }} <= observed_years.start_date
            as is_observed_a_year_before,
        coalesce(observed_years.calendar_year - years_of_birth.year_of_birth >= 18, false)
            as is_adult
    from observed_years
    inner join years_of_birth
        on observed_years.person_id = years_of_birth.person_id

),

final as (

    select
        person_id,
        start_date,
        end_date,
        is_observed_a_year_before,
        is_adult,
        case
            when not is_observed_a_year_before then 0
            when not is_adult then 1
            else 2
        end as n_rules_passed,
        row_number() over (
            partition by person_id
            order by
                cast(is_observed_a_year_before as integer) + cast(is_adult as integer) desc,
                is_observed_a_year_before desc,
                start_date asc
        ) = 1 as is_best_event
    from years_with_rules

)

select * from final
