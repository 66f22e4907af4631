{# One row for each cohort, table of the CDM and concept set whose records may open the cohort.

   Each cohort's model says so in its `meta`: `entry_events` lists tables, each with a concept set, or
   with none where any concept will do (concept_set is then empty). A cohort that records of no concept
   open (an observation period, a calendar year) lists nothing. #}
{% macro entry_events() -%}
    {%- set rows = [] -%}
    {%- for name in var('cohorts') if execute -%}
        {%- set model = graph.nodes['model.' ~ project_name ~ '.cohort__' ~ name] -%}
        {%- for entry in model.config.get('meta', {}).get('entry_events', []) -%}
            {%- do rows.append((name, entry.table, entry.get('concept_set', ''))) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for cohort_name, cdm_table, concept_set in rows %}
    select
        '{{ cohort_name }}' as cohort_name,
        '{{ cdm_table }}' as cdm_table,
        '{{ concept_set }}' as concept_set
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as cohort_name,
        cast(null as varchar) as cdm_table,
        cast(null as varchar) as concept_set
    where false
    {%- endfor -%}
{%- endmacro %}
