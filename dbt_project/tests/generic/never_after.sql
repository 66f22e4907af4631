{# Of two days in a row, the first is never after the second. #}
{% test never_after(model, first, second) %}

select
    {{ first }},
    {{ second }}
from {{ model }}
where {{ first }} > {{ second }}

{% endtest %}
