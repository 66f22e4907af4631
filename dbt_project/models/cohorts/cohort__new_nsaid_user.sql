-- One row for each person whose first ever celecoxib or diclofenac falls inside an observation period.
-- The cohort ends with that observation period.
with

criteria as (

    select * from {{ ref('criteria__new_nsaid_user') }}

),

final as (

    select
        person_id,
        cohort_start_date,
        cohort_end_date
    from criteria
    where is_inside_observation

)

select * from final
