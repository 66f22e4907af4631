{# A text that two groups of rows share when they hold the same values, whatever the order of the rows. #}
{% macro rows_fingerprint(columns) -%}
    cast(sum(cast(hash({{ columns | join(', ') }}) as hugeint)) as varchar)
{%- endmacro %}
