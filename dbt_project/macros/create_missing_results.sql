{# Create each `results` table that is missing, empty, with the columns of its contract: so that marts
   build on a CDM which no study has seen. They are always in the workspace's own DuckDB file. #}
{% macro create_missing_results() %}
    {% if execute and target.type == 'duckdb' and flags.WHICH in ['build', 'run', 'test'] %}
        create schema if not exists results;
        {% for source in graph.sources.values() if source.source_name == 'results' %}
            create table if not exists {{ source.schema }}.{{ source.name }} (
                {% for column in source.columns.values() -%}
                    {{ column.name }} {{ column.data_type }}{{ ", " if not loop.last }}
                {%- endfor %}
            );
        {% endfor %}
    {% endif %}
{% endmacro %}
