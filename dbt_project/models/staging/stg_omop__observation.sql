-- One row for each other clinical fact recorded of a person.
with

source as (

    {{ as_contracted('observation') }}

),

final as (

    select
        observation_id,
        person_id,
        observation_concept_id,
        observation_date,
        observation_type_concept_id,
        value_as_number,
        value_as_string,
        value_as_concept_id,
        qualifier_concept_id,
        unit_concept_id,
        provider_id,
        visit_occurrence_id,
        observation_source_concept_id
    from source

)

select * from final
