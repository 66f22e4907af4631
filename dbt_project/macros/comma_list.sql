{# The values of a group in one text, in their order, separated by commas. #}
{% macro comma_list(expression) -%}
    {{ dbt.listagg(expression, "', '", 'order by ' ~ expression) }}
{%- endmacro %}
