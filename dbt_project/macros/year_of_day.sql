{# The calendar year of a day counted from 1970-01-01, as an integer. #}
{% macro year_of_day(day) -%}
    cast(extract(year from {{ add_days("date '1970-01-01'", day) }}) as integer)
{%- endmacro %}
