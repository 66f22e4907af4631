{# The smallest of some counts that is not 0; null where all are. What publishing holds against the
   smallest cell where a row tells how a group falls into parts. #}
{% macro smaller_part(counts) -%}
    nullif(least({% for count in counts -%}
        case when {{ count }} > 0 then {{ count }} else {{ largest_count() }} end{{ ", " if not loop.last }}
    {%- endfor %}), {{ largest_count() }})
{%- endmacro %}

{% macro largest_count() -%}
    9223372036854775807
{%- endmacro %}
