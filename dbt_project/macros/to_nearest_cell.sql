{# A count to the nearest multiple of the smallest cell, halves up: no two of them differ by few. #}
{% macro to_nearest_cell(n) -%}
{{ smallest_cell() }} * floor(({{ n }} + floor({{ smallest_cell() }} / 2)) / {{ smallest_cell() }})
{%- endmacro %}
