-- One row for each concept set, concept that it names and way in which it names it, as in its file.
with

named_concepts as (

    {% for name in var('concept_sets') -%}
    select
        '{{ name }}' as concept_set,
        '{{ var("concept_sets")[name] }}' as domain,
        concept_id,
        concept_name,
        include_descendants,
        include_mapped,
        is_excluded
    from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        concept_set,
        domain,
        concept_id,
        concept_name,
        include_descendants,
        include_mapped,
        is_excluded,
        -- The values of an attribute, such as a sex or a unit, are taken as they are named.
        domain = 'attribute' as is_attribute
    from named_concepts

)

select * from final
