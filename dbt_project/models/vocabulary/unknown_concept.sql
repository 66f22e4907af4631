-- One row for each concept set of a definition and concept that it names and the vocabulary lacks.
-- OHDSI's engine finds nothing by such a concept, and neither do the cohorts.
with

concept_set as (

    select * from {{ ref('concept_set') }}

),

concept as (

    select * from {{ ref('stg_omop__concept') }}

),

final as (

    select
        concept_set.concept_set,
        concept_set.concept_id,
        min(concept_set.concept_name) as concept_name
    from concept_set
    left join concept
        on concept_set.concept_id = concept.concept_id
    where
        concept_set.domain = 'definition'
        and concept.concept_id is null
    group by concept_set.concept_set, concept_set.concept_id

)

select * from final
