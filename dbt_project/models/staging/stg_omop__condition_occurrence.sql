-- One row for each record of a condition of a person.
with

source as (

    {{ as_contracted('condition_occurrence') }}

),

final as (

    select
        condition_occurrence_id,
        person_id,
        condition_concept_id,
        condition_start_date,
        condition_end_date,
        condition_type_concept_id,
        condition_status_concept_id,
        stop_reason,
        provider_id,
        visit_occurrence_id,
        condition_source_concept_id
    from source

)

select * from final
