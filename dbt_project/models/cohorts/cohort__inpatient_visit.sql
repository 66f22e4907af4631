-- One row for each inpatient visit as recorded, from its first to its last day.
with

criteria as (

    select * from {{ ref('criteria__inpatient_visit') }}

),

final as (

    select
        person_id,
        start_date as cohort_start_date,
        end_date as cohort_end_date
    from criteria
    where is_in_order

)

select * from final
