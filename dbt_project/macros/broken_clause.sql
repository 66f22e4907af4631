{# One row for a clause that some rows of a relation break, with how many; none where no row does. #}
{% macro broken_clause(clause, relation, condition) -%}
select
    '{{ clause }}' as clause,
    count(*) as n_rows
from {{ relation }} as {{ relation.identifier }}
where {{ condition }}
having count(*) > 0
{%- endmacro %}
