{# How many people there are, at least, as a power of ten: '100 or more'. Less than 25 say nothing. #}
{% macro size_in_words(n_people) -%}
    case
        {%- for least in ['1,000,000', '100,000', '10,000', '1,000', '100', '25'] %}
        when {{ n_people }} >= {{ least.replace(',', '') }} then '{{ least }} or more'
        {%- endfor %}
        else 'fewer than 25'
    end
{%- endmacro %}
