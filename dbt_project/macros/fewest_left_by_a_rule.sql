{# Of the people and of the events that a rule of the cohort left, how many are not among `n_people`; the fewest, but not
   0; null where a rule leaves none beside them.

   A count of people shown roundly says how many a cohort holds at least. Held against the exact count before a rule
   it would say that the rule removed few: `smaller_part` takes this as one part more. #}
{% macro fewest_left_by_a_rule(n_people) -%}
    nullif(min(
        least(
            {% for count in ['cohort_rule_count.n_people', 'cohort_rule_count.n_rows'] -%}
            case when {{ count }} > {{ n_people }} then {{ count }} - {{ n_people }} else {{ nobody() }} end
            {%- if not loop.last %},{% endif %}
            {% endfor -%}
        )
    ), {{ nobody() }})
{%- endmacro %}
