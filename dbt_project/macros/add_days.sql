{# A date some whole days later (earlier when negative), as a date. #}
{% macro add_days(date_expression, n_days) -%}
    {{ return(adapter.dispatch('add_days')(date_expression, n_days)) }}
{%- endmacro %}

{% macro default__add_days(date_expression, n_days) -%}
    ({{ date_expression }} + cast({{ n_days }} as integer))
{%- endmacro %}

{% macro spark__add_days(date_expression, n_days) -%}
    date_add({{ date_expression }}, cast({{ n_days }} as int))
{%- endmacro %}
