{# The smallest of some counts that is not 0, and no more than the smallest cell; null where all are 0.

   Publishing holds it against the smallest cell, where a row tells how a group falls into parts. Cut off
   there it tells nothing else: with its size a reader could work out how large the group is. #}
{% macro smaller_part(counts) -%}
    nullif(least({% for count in counts -%}
        case when {{ count }} > 0 then {{ count }} else {{ nobody() }} end,
    {%- endfor %} case when {{ counts | join(' + ') }} > 0 then {{ smallest_cell() }} else {{ nobody() }} end
    ), {{ nobody() }})
{%- endmacro %}

{% macro smallest_cell() -%}
    {{ env_var('CATCHMENT_SMALLEST_CELL', '11') | int }}
{%- endmacro %}

{% macro nobody() -%}
    9223372036854775807
{%- endmacro %}
