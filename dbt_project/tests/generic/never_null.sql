{# None of `columns` is ever null. One test for all of them: a query each would cost more than the build. #}
{% test never_null(model, columns) %}

select {{ columns | join(', ') }}
from {{ model }}
where {% for column in columns %}{{ column }} is null{{ " or " if not loop.last }}{% endfor %}

{% endtest %}
