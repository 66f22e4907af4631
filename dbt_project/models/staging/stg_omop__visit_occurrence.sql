-- One row for each visit of a person to health care.
with

source as (

    {{ as_contracted('visit_occurrence') }}

),

final as (

    select
        visit_occurrence_id,
        person_id,
        visit_concept_id,
        visit_start_date,
        visit_end_date,
        visit_type_concept_id,
        provider_id,
        care_site_id,
        visit_source_concept_id,
        discharged_to_concept_id
    from source

)

select * from final
