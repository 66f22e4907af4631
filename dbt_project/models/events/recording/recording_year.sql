-- One row for each measure of recording and calendar year: sums over the people of the year who were
-- settled then (see person_year). Also years in which nothing is recorded: a feed that stops is what this
-- is for.
with

person_year as (

    select * from {{ ref('person_year') }}
    where is_settled

),

recorded_of_year as (

    select * from {{ ref('recorded_of_year') }}

),

years as (

    select
        calendar_year,
        count(*) as n_people,
        sum(observed_years) as observed_years,
        sum(observed_years * observed_years) as observed_years_squared
    from person_year
    group by calendar_year

),

recorded as (

    select
        basis,
        measure,
        calendar_year,
        any_value(title) as title,
        count(case when recorded > 0 or basis = 'records' then 1 end) as n_people_recorded,
        {{ recording_sums() }}
    from recorded_of_year
    group by basis, measure, calendar_year

),

measures as (

    select
        basis,
        measure,
        any_value(title) as title
    from recorded
    group by basis, measure

),

final as (

    select
        measures.basis,
        measures.measure,
        measures.title,
        years.calendar_year,
        years.n_people,
        coalesce(recorded.n_people_recorded, 0) as n_people_recorded,
        case measures.basis
            when 'people' then years.n_people
            when 'observed years' then years.observed_years
            else coalesce(recorded.looked_at, 0)
        end as looked_at,
        coalesce(recorded.recorded, 0) as recorded,
        coalesce(recorded.recorded_squared, 0) as recorded_squared,
        coalesce(recorded.recorded_by_looked_at, 0) as recorded_by_looked_at,
        case measures.basis
            when 'people' then years.n_people
            when 'observed years' then years.observed_years_squared
            else coalesce(recorded.looked_at_squared, 0)
        end as looked_at_squared
    from measures
    cross join years
    left join recorded
        on
            measures.measure = recorded.measure
            and years.calendar_year = recorded.calendar_year

)

select * from final
