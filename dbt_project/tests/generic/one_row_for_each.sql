{# The grain: no two rows agree in all of `columns`. #}
{% test one_row_for_each(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as n_rows
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
