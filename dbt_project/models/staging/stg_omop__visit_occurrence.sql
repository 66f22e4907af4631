-- One row for each visit of a person to health care.
with

source as (

    select * from {{ source('omop', 'visit_occurrence') }}

),

final as (

    select
        visit_occurrence_id,
        person_id,
        visit_concept_id,
        visit_start_date,
        visit_end_date,
        discharged_to_concept_id
    from source

)

select * from final
