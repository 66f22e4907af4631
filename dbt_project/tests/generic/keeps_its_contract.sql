{# A table of the CDM keeps the clauses of its contract: one row for each that is broken, with how many
   rows. Compiled from data_contracts/omop_cdm/, as the suites of Great Expectations are. One test a
   table: a test a clause would cost more to parse than to ask. A table or column that the CDM lacks
   breaks nothing here. #}
{% test keeps_its_contract(
    model, required=[], unique=[], references=[], domains=[], ordered=[], plausible=[]
) %}

{%- set there = [] -%}
{%- set relation = load_relation(model) -%}
{%- if relation is not none -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do there.append(column.name | lower) -%}
    {%- endfor -%}
{%- endif -%}
{%- set queries = [] -%}
{%- for column in required if column in there -%}
    {%- do queries.append(broken_clause(column ~ " has a value", relation, column ~ " is null")) -%}
{%- endfor -%}
{%- for key in unique if key | reject('in', there) | list | length == 0 -%}
    {%- set columns = key | join(', ') -%}
    {%- do queries.append(broken_clause(
        "no two rows have the same " ~ columns, relation,
        "(" ~ columns ~ ") in (select " ~ columns ~ " from " ~ relation ~ " where "
        ~ key | join(' is not null and ') ~ " is not null group by " ~ columns ~ " having count(*) > 1)"
    )) -%}
{%- endfor -%}
{%- for reference in references if reference.column in there -%}
    {%- set other = load_relation(source('omop', reference.table)) -%}
    {%- if other is not none -%}
        {%- set unmapped = " and " ~ reference.column ~ " != 0" if reference.table == 'concept' else "" -%}
        {%- do queries.append(broken_clause(
            reference.column ~ " is found in " ~ reference.table ~ "." ~ reference.to, relation,
            reference.column ~ " is not null" ~ unmapped ~ " and not exists (select 1 from " ~ other
            ~ " as there where there." ~ reference.to ~ " = " ~ relation.identifier ~ "."
            ~ reference.column ~ ")"
        )) -%}
    {%- endif -%}
{%- endfor -%}
{%- set concept = load_relation(source('omop', 'concept')) if domains else none -%}
{%- for one in domains if concept is not none and one.column in there -%}
    {%- do queries.append(broken_clause(
        one.column ~ " is of the domain " ~ one.domain, relation,
        one.column ~ " in (select concept_id from " ~ concept
        ~ " where concept_id != 0 and domain_id != '" ~ one.domain ~ "')"
    )) -%}
{%- endfor -%}
{%- for one in ordered if one.start in there and one.end in there -%}
    {%- do queries.append(broken_clause(
        one.start ~ " is not after " ~ one.end, relation,
        "cast(" ~ one.start ~ " as date) > cast(" ~ one.end ~ " as date)"
    )) -%}
{%- endfor -%}
{%- for bound in plausible if bound.column in there -%}
    {%- set sign = " < " if bound.end == 'low' else " > " -%}
    {%- do queries.append(broken_clause(
        bound.column ~ " is plausible", relation, bound.column ~ sign ~ bound.at
    )) -%}
{%- endfor -%}
{%- if queries -%}
{{ queries | join("\nunion all\n") }}
{%- else -%}
select
    '' as clause,
    0 as n_rows
where false
{%- endif -%}

{% endtest %}
