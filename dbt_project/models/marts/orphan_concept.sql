-- One row for each concept set and concept that looks as if it belonged to the set, and does not.
-- It has every telling word in the name of a concept that the set names, or it is recorded and stands
-- beside or above such a concept in the hierarchy. Of each set at most 100, those recorded most first.
with

concept_set as (

    select * from {{ ref('concept_set') }}
    where not is_attribute

),

concept_set_members as (

    select * from {{ ref('concept_set_members') }}

),

concept as (

    select * from {{ ref('concept') }}

),

concept_ancestor as (

    select * from {{ ref('stg_omop__concept_ancestor') }}

),

person as (

    select * from {{ ref('person') }}

),

named_concept as (

    select
        concept_set.concept_set,
        concept_set.concept_id,
        coalesce(concept.concept_name, concept_set.concept_name) as concept_name
    from concept_set
    left join concept
        on concept_set.concept_id = concept.concept_id
    where not concept_set.is_excluded

),

-- What was taken out of a set on purpose is missed by nobody.
taken_out as (

    select
        concept_set.concept_set,
        concept_set.concept_id
    from concept_set
    where concept_set.is_excluded
    union
    select
        concept_set.concept_set,
        concept_ancestor.descendant_concept_id as concept_id
    from concept_set
    inner join concept_ancestor
        on concept_set.concept_id = concept_ancestor.ancestor_concept_id
    where
        concept_set.is_excluded
        and concept_set.include_descendants

),

words_of_named_concepts as (

    select distinct
        concept_set,
        concept_id,
        {{ words_of('concept_name') }} as word
    from named_concept

),

telling_word as (

    select
        concept_set,
        concept_id as named_concept_id,
        {{ without_plural('word') }} as word,
        count(*) over (partition by concept_set, concept_id) as n_words
    from words_of_named_concepts
    where {{ is_telling('word') }}

),

words_of_concepts as (

    select distinct
        concept_id,
        {{ words_of('concept_name') }} as word
    from concept
    where concept_id != 0

),

word_of_concept as (

    select distinct
        concept_id,
        {{ without_plural('word') }} as word
    from words_of_concepts

),

like_in_name as (

    select distinct
        shared.concept_set,
        shared.concept_id
    from (
        select
            telling_word.concept_set,
            telling_word.named_concept_id,
            telling_word.n_words,
            word_of_concept.concept_id
        from telling_word
        inner join word_of_concept
            on telling_word.word = word_of_concept.word
        group by
            telling_word.concept_set,
            telling_word.named_concept_id,
            telling_word.n_words,
            word_of_concept.concept_id
        having count(distinct telling_word.word) = telling_word.n_words
    ) as shared

),

parent as (

    select distinct
        named_concept.concept_set,
        concept_ancestor.ancestor_concept_id as concept_id
    from named_concept
    inner join concept_ancestor
        on named_concept.concept_id = concept_ancestor.descendant_concept_id
    where concept_ancestor.min_levels_of_separation = 1

),

sibling as (

    select distinct
        parent.concept_set,
        concept_ancestor.descendant_concept_id as concept_id
    from parent
    inner join concept_ancestor
        on parent.concept_id = concept_ancestor.ancestor_concept_id
    where concept_ancestor.min_levels_of_separation = 1

),

candidate as (

    select
        concept_set,
        concept_id,
        max(relation = 'name') as is_like_in_name,
        max(relation = 'parent') as is_parent,
        max(relation = 'sibling') as is_sibling
    from (
        select
            *,
            'name' as relation
        from like_in_name
        union all
        select
            *,
            'parent' as relation
        from parent
        union all
        select
            *,
            'sibling' as relation
        from sibling
    ) as found
    group by concept_set, concept_id

),

orphan as (

    select candidate.*
    from candidate
    anti join concept_set_members
        on
            candidate.concept_set = concept_set_members.concept_set
            and candidate.concept_id = concept_set_members.concept_id
    anti join taken_out
        on
            candidate.concept_set = taken_out.concept_set
            and candidate.concept_id = taken_out.concept_id

),

recorded as (

    {% for table, concept_column, _ in concept_tables() if not table.endswith('_era') -%}
    select
        {{ concept_column }} as concept_id,
        person_id
    from {{ ref('stg_omop__' ~ table) }}
    where
        {{ concept_column }} in (select orphan.concept_id from orphan)
        and person_id in (select person.person_id from person)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

record_count as (

    select
        concept_id,
        count(*) as n_records,
        count(distinct person_id) as n_people
    from recorded
    group by concept_id

),

everyone as (

    select count(*) as n_people
    from person

),

counted as (

    select
        orphan.concept_set,
        orphan.concept_id,
        coalesce(concept.concept_name, 'Concept ' || cast(orphan.concept_id as varchar))
            as concept_name,
        concept.domain_id,
        concept.vocabulary_id,
        orphan.is_like_in_name,
        orphan.is_parent,
        orphan.is_sibling,
        coalesce(record_count.n_records, 0) as n_records,
        coalesce(record_count.n_people, 0) as n_people,
        everyone.n_people - coalesce(record_count.n_people, 0) as n_people_without
    from orphan
    cross join everyone
    left join record_count
        on orphan.concept_id = record_count.concept_id
    left join concept
        on orphan.concept_id = concept.concept_id
    where
        orphan.is_like_in_name
        or record_count.n_records > 0

),

final as (

    select
        concept_set,
        concept_id,
        concept_name,
        domain_id,
        vocabulary_id,
        is_like_in_name,
        is_parent,
        is_sibling,
        n_records,
        n_people,
        {{ smaller_part(['n_people', 'n_people_without']) }} as n_people_in_smaller_part
    from counted
    qualify
        row_number() over (
            partition by concept_set
            order by n_people desc, n_records desc, concept_id asc
        ) <= 100

)

select * from final
