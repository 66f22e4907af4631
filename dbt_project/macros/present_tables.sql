{# One row for each table of the contracts, saying whether the CDM has it: as `land` noted it, or, where
   a CDM is read in place, as the warehouse says. #}
{% macro present_tables() -%}
    {%- set noted = source('landing', 'landed_table') -%}
    {%- if not execute or load_relation(noted) is not none -%}
    select * from {{ noted }}
    {%- else -%}
    {%- for cdm_table in graph.sources.values() | selectattr('source_name', 'equalto', 'omop') | sort(attribute='name') %}
    {%- set relation = adapter.get_relation(cdm_table.database, cdm_table.schema, cdm_table.identifier) %}
    select
        '{{ cdm_table.name }}' as table_name,
        {{ 'false' if relation is none else 'true' }} as is_present
    {{- "\n    union all" if not loop.last }}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
