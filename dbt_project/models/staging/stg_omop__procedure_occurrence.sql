-- One row for each procedure done on a person.
with

source as (

    {{ as_contracted('procedure_occurrence') }}

),

final as (

    select
        procedure_occurrence_id,
        person_id,
        procedure_concept_id,
        procedure_date,
        procedure_end_date,
        procedure_type_concept_id,
        modifier_concept_id,
        quantity,
        provider_id,
        visit_occurrence_id,
        procedure_source_concept_id
    from source

)

select * from final
