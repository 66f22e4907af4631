-- One row for each discharge alive, inside an observation period; the cohort ends on the day of discharge.
with

criteria as (

    select * from {{ ref('criteria__inpatient_discharge') }}

),

final as (

    select
        person_id,
        start_date as cohort_start_date,
        end_date as cohort_end_date
    from criteria
    where
        is_alive_at_discharge
        and is_inside_observation

)

select * from final
