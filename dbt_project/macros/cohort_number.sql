{# The cohort_definition_id of a cohort: the id that its definition came with, where it has one, which
   the model keeps in its meta. Others are counted from 2,000,000,001 in the order of the list, far from
   any id that ATLAS gives; `catchment cohorts add` takes no definition with an id that a cohort has. #}
{% macro cohort_number(name, position) -%}
    {%- if execute -%}
        {%- set model = graph.nodes['model.' ~ project_name ~ '.cohort__' ~ name] -%}
        {{- model.config.get('meta', {}).get('cohort_definition_id', 2000000000 + position) -}}
    {%- else -%}
        {{- position -}}
    {%- endif -%}
{%- endmacro %}
