{# A table of the CDM in the columns and types of its contract, whatever of it the CDM has.

   One row for each row of the table; a column that the CDM lacks is null, and one that goes by its name
   in CDM 5.3 is found by that. A CDM that lacks the whole table has no row of it. What there is, is looked
   up when the model is built, so that a schema is read in place where it lies. #}
{% macro as_contracted(table) -%}
    {%- set cdm_table = source('omop', table) -%}
    {%- if not execute -%}
    select * from {{ cdm_table }}
    {%- else -%}
    {%- set contract = graph.sources['source.' ~ project_name ~ '.omop.' ~ table] -%}
    {%- set relation = load_relation(cdm_table) -%}
    {%- set present = {} -%}
    {%- if relation is not none -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do present.update({column.name | lower: column.name}) -%}
        {%- endfor -%}
    {%- endif -%}
    select
        {%- for column in contract.columns.values() %}
        {%- set found = [] -%}
        {%- for name in [column.name] + column.config.get('meta', {}).get('aliases', []) -%}
            {%- if name in present -%}{%- do found.append(adapter.quote(present[name])) -%}{%- endif -%}
        {%- endfor %}
        cast({{ found[0] if found else 'null' }} as {{ column_type(column.data_type) }}) as {{ column.name }}
            {{- "," if not loop.last }}
        {%- endfor %}
    {%- if relation is not none %}
    from {{ relation }}
    {%- else %}
    where false
    {%- endif %}
    {%- endif -%}
{%- endmacro %}
