{# One row for each cohort: what it is called, what its model says of itself, and the concept sets it reads.

   A cohort is called by the title in its model's `meta`; without one, by its name in words.
   The words are the model's description; its `meta` names the concept sets of its entry events, and, for
   a cohort that comes from a definition, all others (but the values of attributes). #}
{% macro cohort_words() -%}
    {%- for name in var('cohorts') %}
    {%- set model = graph.nodes['model.' ~ project_name ~ '.cohort__' ~ name] if execute else none -%}
    {%- set meta = model.config.get('meta', {}) if execute else {} -%}
    {%- set concept_sets = meta.get('entry_events', []) | map(attribute='concept_set', default='') | list -%}
    {%- for concept_set, kind in (meta.get('concept_sets') or {}).items() if kind != 'attribute' -%}
        {%- do concept_sets.append(concept_set) -%}
    {%- endfor %}
    select
        '{{ name }}' as cohort_name,
        '{{ dbt.escape_single_quotes(meta.get('title') or (name[0] | upper) ~ name[1:] | replace('_', ' ')) }}' as title,
        '{{ dbt.escape_single_quotes(model.description | trim) if execute }}' as described,
        '{{ concept_sets | select | unique | sort | join(", ") }}' as concept_sets
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
