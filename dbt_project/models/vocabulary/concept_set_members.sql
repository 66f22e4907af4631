-- One row for each concept set and concept that belongs to it.
-- The concept sets of definitions are resolved as OHDSI's engine does: from what the vocabulary knows.
-- Those written by hand contain the concepts that they name, and what concept_ancestor has below them,
-- also where the CDM's vocabulary lacks a concept.
with

concept_set as (

    select * from {{ ref('concept_set') }}

),

concept as (

    select * from {{ ref('stg_omop__concept') }}

),

concept_ancestor as (

    select * from {{ ref('stg_omop__concept_ancestor') }}

),

concept_relationship as (

    select * from {{ ref('stg_omop__concept_relationship') }}

),

final as (

    {{ resolve_concept_sets(
        'concept_set',
        'concept',
        'concept_ancestor',
        'concept_relationship',
        is_by_hand="named_concepts.domain not in ('definition', 'attribute')"
    ) }}

)

select * from final
