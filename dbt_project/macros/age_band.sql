{# The band an age falls in. The bands are those of analytics/days.py; a test holds them together. #}
{% macro age_band(age) -%}
    case
        {%- for first, last in [(0, 17), (18, 34), (35, 49), (50, 64), (65, 79)] %}
        when {{ age }} <= {{ last }} then '{{ first }}-{{ last }}'
        {%- endfor %}
        when {{ age }} >= 80 then '80+'
        else 'Unknown'
    end
{%- endmacro %}
