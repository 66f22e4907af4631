-- One row for each concept that the CDM's vocabulary has.
with

stg_concept as (

    select * from {{ ref('stg_omop__concept') }}

),

final as (

    select
        concept_id,
        min(concept_name) as concept_name,
        min(domain_id) as domain_id,
        min(vocabulary_id) as vocabulary_id
    from stg_concept
    group by concept_id

)

select * from final
