{# Whole days from one date to a later one; negative when it is earlier. #}
{% macro days_between(first_date, last_date) -%}
    {{ return(adapter.dispatch('days_between')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__days_between(first_date, last_date) -%}
    ({{ last_date }} - {{ first_date }})
{%- endmacro %}

{% macro spark__days_between(first_date, last_date) -%}
    datediff({{ last_date }}, {{ first_date }})
{%- endmacro %}
