{# What people are grouped by where their records are compared, as columns of `person_group`. #}
{% macro recording_attributes() -%}
    {{ return(['sex', 'age_band', 'race', 'ethnicity', 'care_site']) }}
{%- endmacro %}
