{# Say in dbt's own output which concepts the vocabulary lacks, and in which sets; the build goes on. #}
{% macro warn_of_unknown_concepts(unknown_concept) -%}
    {%- if execute -%}
    {%- set found = run_query('select * from ' ~ unknown_concept ~ ' order by concept_set, concept_id') -%}
    {%- for row in found.rows -%}
        {%- do exceptions.warn(
            'Concept set ' ~ row['concept_set'] ~ ' names concept ' ~ row['concept_id']
            ~ ' (' ~ (row['concept_name'] or 'without a name')
            ~ '), which the vocabulary of this CDM lacks: nothing is found by it.'
        ) -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
