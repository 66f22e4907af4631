-- One row for each record of a condition of a person.
with

source as (

    select * from {{ source('omop', 'condition_occurrence') }}

),

final as (

    select
        condition_occurrence_id,
        person_id,
        condition_concept_id,
        condition_start_date,
        condition_end_date
    from source

)

select * from final
