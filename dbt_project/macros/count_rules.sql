{# One row for each rule of a cohort, with the rows and people that remain after it.

   `criteria` holds the cohort's entries with one boolean column for each rule; `rules` lists
   (rule in words, its column), the column of the first rule (the entry) being none. Where the entries
   are the rows of another cohort, or these joined, `built_from` names it. #}
{% macro count_rules(cohort_name, criteria, rules, built_from='') -%}
    {%- set passed = ['true'] -%}
    {%- for rule, column in rules -%}
        {%- if column %}{% do passed.append(column) %}{% endif %}
    select
        '{{ cohort_name }}' as cohort_name,
        '{{ built_from }}' as built_from,
        cast({{ loop.index }} as integer) as rule_number,
        '{{ rule }}' as rule,
        count(*) as n_rows,
        count(distinct person_id) as n_people
    from {{ criteria }}
    where {{ passed | join(' and ') }}
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
