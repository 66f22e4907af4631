-- One row for each concept set and concept that belongs to it.
with

concept_set as (

    select * from {{ ref('concept_set') }}

),

concept_ancestor as (

    select * from {{ ref('stg_omop__concept_ancestor') }}

),

-- A set contains the concepts it names also where concept_ancestor lacks a concept's row to itself.
named_concepts as (

    select
        concept_set,
        concept_id,
        is_excluded
    from concept_set

),

descendants as (

    select
        concept_set.concept_set,
        concept_ancestor.descendant_concept_id as concept_id,
        concept_set.is_excluded
    from concept_set
    inner join concept_ancestor
        on concept_set.concept_id = concept_ancestor.ancestor_concept_id
    where
        concept_set.include_descendants
        -- A row that names no descendant is a breach of its contract, and adds nothing.
        and concept_ancestor.descendant_concept_id is not null

),

reached_concepts as (

    select * from named_concepts
    union all
    select * from descendants

),

final as (

    select
        concept_set,
        concept_id
    from reached_concepts
    group by concept_set, concept_id
    having not bool_or(is_excluded)

)

select * from final
