{# One row for each concept set and concept that belongs to it, as OHDSI's engine resolves them.

   `named_concepts` has one row for each concept set and concept that it names: concept_set,
   concept_id, include_descendants, include_mapped, is_excluded, is_attribute. A named concept brings its
   descendants (valid ones) and the concepts that map to it or to them, where it says so; what an
   excluded one brings is taken away from the set. The values of an attribute (`is_attribute`: a sex, a
   unit) are taken as they are named, known to the vocabulary or not. `is_by_hand` is a condition on
   `named_concepts`: where it holds, named concepts and descendants need not be in the vocabulary. #}
{% macro resolve_concept_sets(
    named_concepts, concept, concept_ancestor, concept_relationship, is_by_hand='false'
) -%}
    with

    known_concepts as (

        select
            named_concepts.concept_set,
            named_concepts.concept_id,
            named_concepts.include_mapped,
            named_concepts.is_excluded
        from {{ named_concepts }} as named_concepts
        left join {{ concept }} as concept
            on named_concepts.concept_id = concept.concept_id
        where
            not named_concepts.is_attribute
            and (concept.concept_id is not null or {{ is_by_hand }})

    ),

    valid_descendants as (

        select
            named_concepts.concept_set,
            concept_ancestor.descendant_concept_id as concept_id,
            named_concepts.include_mapped,
            named_concepts.is_excluded
        from {{ named_concepts }} as named_concepts
        inner join {{ concept_ancestor }} as concept_ancestor
            on named_concepts.concept_id = concept_ancestor.ancestor_concept_id
        left join {{ concept }} as concept
            on concept_ancestor.descendant_concept_id = concept.concept_id
        where
            named_concepts.include_descendants
            and not named_concepts.is_attribute
            -- A row that names no descendant is a breach of its contract, and adds nothing.
            and concept_ancestor.descendant_concept_id is not null
            and concept.invalid_reason is null
            and (concept.concept_id is not null or {{ is_by_hand }})

    ),

    reached_concepts as (

        select * from known_concepts
        union all
        select * from valid_descendants

    ),

    mapped_concepts as (

        select
            reached_concepts.concept_set,
            concept_relationship.concept_id_1 as concept_id,
            reached_concepts.is_excluded
        from reached_concepts
        inner join {{ concept_relationship }} as concept_relationship
            on reached_concepts.concept_id = concept_relationship.concept_id_2
        where
            reached_concepts.include_mapped
            and concept_relationship.relationship_id = 'Maps to'
            and concept_relationship.invalid_reason is null

    ),

    attribute_values as (

        select
            concept_set,
            concept_id,
            is_excluded
        from {{ named_concepts }} as named_concepts
        where is_attribute

    ),

    all_concepts as (

        select concept_set, concept_id, is_excluded from reached_concepts
        union all
        select concept_set, concept_id, is_excluded from mapped_concepts
        union all
        select concept_set, concept_id, is_excluded from attribute_values

    )

    select
        concept_set,
        concept_id
    from all_concepts
    group by concept_set, concept_id
    having max(case when is_excluded then 1 else 0 end) = 0
{%- endmacro %}
