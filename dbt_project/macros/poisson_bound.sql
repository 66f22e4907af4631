{# One end (`lower` or `upper`) of the 95 % interval of a Poisson count, by Byar's approximation
   (Breslow and Day 1987, Statistical Methods in Cancer Research II, p. 69). #}
{% macro poisson_bound(count, end) -%}
    {%- if end == 'lower' -%}
    (case when {{ count }} = 0 then 0 else
        {{ count }} * power(1 - 1.0 / (9 * {{ count }}) - 1.959964 / (3 * sqrt({{ count }})), 3)
    end)
    {%- else -%}
    (({{ count }} + 1) * power(
        1 - 1.0 / (9 * ({{ count }} + 1)) + 1.959964 / (3 * sqrt({{ count }} + 1)), 3
    ))
    {%- endif -%}
{%- endmacro %}
