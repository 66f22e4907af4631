-- One row for each concept of the vocabulary that the CDM carries.
with

source as (

    {{ as_contracted('concept') }}

),

final as (

    select
        concept_id,
        concept_name,
        domain_id,
        vocabulary_id,
        standard_concept,
        invalid_reason
    from source

)

select * from final
