{# The date of a year, month and day; null where there is no such day (31 February). #}
{% macro date_of(year, month, day) -%}
    {{ return(adapter.dispatch('date_of')(year, month, day)) }}
{%- endmacro %}

{% macro duckdb__date_of(year, month, day) -%}
    try_cast({{ year }} || '-' || {{ month }} || '-' || {{ day }} as date)
{%- endmacro %}

{% macro spark__date_of(year, month, day) -%}
    try_to_date(concat_ws('-', {{ year }}, {{ month }}, {{ day }}), 'y-M-d')
{%- endmacro %}
