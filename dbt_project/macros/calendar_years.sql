{# Each calendar year with its first and last day. To 2299, because shifted dates run past 2200. #}
{% macro calendar_years() -%}
    {{ return(adapter.dispatch('calendar_years')()) }}
{%- endmacro %}

{% macro duckdb__calendar_years() -%}
    select
        cast(calendar_year as integer) as calendar_year,
        make_date(calendar_year, 1, 1) as first_day,
        make_date(calendar_year, 12, 31) as last_day
    from range(1900, 2300) as years(calendar_year)
{%- endmacro %}

{% macro postgres__calendar_years() -%}
    select
        cast(calendar_year as integer) as calendar_year,
        make_date(cast(calendar_year as integer), 1, 1) as first_day,
        make_date(cast(calendar_year as integer), 12, 31) as last_day
    from generate_series(1900, 2299) as years(calendar_year)
{%- endmacro %}

{% macro spark__calendar_years() -%}
    select
        cast(id as int) as calendar_year,
        make_date(cast(id as int), 1, 1) as first_day,
        make_date(cast(id as int), 12, 31) as last_day
    from range(1900, 2300)
{%- endmacro %}
