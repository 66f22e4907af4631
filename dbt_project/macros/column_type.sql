{# How a warehouse calls a type of the contracts: bigint, integer, double, varchar, date, timestamp, boolean. #}
{% macro column_type(contract_type) -%}
    {{ return(adapter.dispatch('column_type')(contract_type)) }}
{%- endmacro %}

{% macro default__column_type(contract_type) -%}
    {{ contract_type }}
{%- endmacro %}

{% macro postgres__column_type(contract_type) -%}
    {{ {'double': 'double precision'}.get(contract_type, contract_type) }}
{%- endmacro %}

{% macro spark__column_type(contract_type) -%}
    {{ {'varchar': 'string'}.get(contract_type, contract_type) }}
{%- endmacro %}
