-- One row for each person and calendar year of which a day was observed: how much of it was.
-- In the first observed year much is written down that is older: `is_settled` says whether a person had
-- first been observed 365 days or more before the year began.
with

observed_span as (

    select * from {{ ref('observed_span') }}

),

calendar_year as (

    {{ calendar_years() }}

),

days_of_years as (

    select
        calendar_year,
        {{ to_day('first_day') }} as first_day,
        {{ to_day('last_day') }} as last_day
    from calendar_year

),

first_observed as (

    select
        person_id,
        min(start_day) as first_day
    from observed_span
    group by person_id

),

days_in_years as (

    select
        observed_span.person_id,
        days_of_years.calendar_year,
        days_of_years.first_day,
        least(observed_span.end_day, days_of_years.last_day)
        - greatest(observed_span.start_day, days_of_years.first_day)
        + 1 as n_days
    from observed_span
    inner join days_of_years
        on
            observed_span.start_day <= days_of_years.last_day
            and observed_span.end_day >= days_of_years.first_day

),

final as (

    select
        days_in_years.person_id,
        days_in_years.calendar_year,
        sum(days_in_years.n_days) / 365.25 as observed_years,
        min(first_observed.first_day) + 365 <= min(days_in_years.first_day) as is_settled
    from days_in_years
    inner join first_observed
        on days_in_years.person_id = first_observed.person_id
    group by days_in_years.person_id, days_in_years.calendar_year

)

select * from final
