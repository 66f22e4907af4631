{# The given rows of a unit test, which dbt asks for by this name. On Spark dbt's own rows, each a `select`
   tied to the next by `union all`, become the structs of one array: where a model reads such a union in an `in`
   or `exists`, Spark 4.3 fails (its rule PushProjectionThroughUnion ends in "key not found", and the plan of
   a union in a subquery cannot be read back by a task). #}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set selects = dbt.get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- if target.type != 'spark' or rows | length < 2 -%}
        {{ selects }}
    {%- else -%}
        {%- set structs = [] -%}
        {%- for row in selects.split('\nunion all\n') -%}
            {%- do structs.append('struct(' ~ row.partition('select ')[2] | trim ~ ')') -%}
        {%- endfor -%}
        select inline(array(
            {{ structs | join(',\n            ') }}
        ))
    {%- endif -%}
{%- endmacro %}
