{# In a workspace's own DuckDB file schemas have bare names: `cohorts`, not `main_cohorts`. On a server that
   holds other things too they begin with the target's schema: `catchment_cohorts`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if not custom_schema_name -%} {{ target.schema }}
    {%- elif target.type == 'duckdb' -%} {{ custom_schema_name | trim }}
    {%- else -%} {{ target.schema }}_{{ custom_schema_name | trim }}
    {%- endif -%}
{%- endmacro %}
