-- One row for each specimen taken from a person.
with

source as (

    {{ as_contracted('specimen') }}

),

final as (

    select
        specimen_id,
        person_id,
        specimen_concept_id,
        specimen_type_concept_id,
        specimen_date,
        quantity,
        unit_concept_id,
        anatomic_site_concept_id,
        disease_status_concept_id,
        specimen_source_id
    from source

)

select * from final
