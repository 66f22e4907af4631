{# Whole days from 1970-01-01 to a date, as an integer: what events carry between engines. #}
{% macro to_day(date_expression) -%}
    {{ return(adapter.dispatch('to_day')(date_expression)) }}
{%- endmacro %}

{% macro default__to_day(date_expression) -%}
    cast({{ date_expression }} - date '1970-01-01' as integer)
{%- endmacro %}

{% macro spark__to_day(date_expression) -%}
    datediff({{ date_expression }}, date '1970-01-01')
{%- endmacro %}
