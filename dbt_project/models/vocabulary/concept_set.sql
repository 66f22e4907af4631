-- One row for each concept set and concept that it names, as in its file.
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
        is_excluded
    from named_concepts

)

select * from final
