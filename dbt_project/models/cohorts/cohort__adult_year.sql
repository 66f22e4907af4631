-- One row for each adult and calendar year that begins after a year of observation.
-- The cohort starts on 1 January and ends on 31 December, or with the observation period if earlier.
with

criteria as (

    select * from {{ ref('criteria__adult_year') }}

),

final as (

    select
        person_id,
        start_date as cohort_start_date,
        end_date as cohort_end_date
    from criteria
    where
        is_observed_a_year_before
        and is_adult

)

select * from final
