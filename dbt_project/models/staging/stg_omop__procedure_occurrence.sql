-- One row for each procedure done on a person.
with

source as (

    select * from {{ source('omop', 'procedure_occurrence') }}

),

final as (

    select
        procedure_occurrence_id,
        person_id,
        procedure_concept_id,
        procedure_date,
        procedure_end_date
    from source

)

select * from final
