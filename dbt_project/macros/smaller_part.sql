{# The smallest of some counts that is not 0, and no more than the smallest cell; null where all are 0.

   A part with fewer than `at_least` times the smallest cell counts as a small one. Publishing holds it
   against the smallest cell, where a row tells how a group falls into parts. Cut off there it tells
   nothing else: with its size a reader could work out how large the group is. #}
{% macro smaller_part(counts, at_least=1) -%}
    nullif(least({% for count in counts -%}
        case when {{ count }} > 0 then greatest(({{ count }}) // {{ at_least }}, 1) else {{ nobody() }} end,
    {%- endfor %} case when {{ counts | join(' + ') }} > 0 then {{ smallest_cell() }} else {{ nobody() }} end
    ), {{ nobody() }})
{%- endmacro %}

{% macro smallest_cell() -%}
    {{ env_var('CATCHMENT_SMALLEST_CELL', '11') | int }}
{%- endmacro %}

{% macro nobody() -%}
    9223372036854775807
{%- endmacro %}
