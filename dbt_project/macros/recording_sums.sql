{# Sums over people of what is looked at and what is recorded, and of the squares that a variance needs. #}
{% macro recording_sums(weight='1') -%}
    sum(looked_at) as looked_at,
        sum(recorded) as recorded,
        sum({{ weight }} * recorded * recorded) as recorded_squared,
        sum({{ weight }} * recorded * looked_at) as recorded_by_looked_at,
        sum({{ weight }} * looked_at * looked_at) as looked_at_squared
{%- endmacro %}
