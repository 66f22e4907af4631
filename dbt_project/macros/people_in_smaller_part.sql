{# Of rows that break a check: how many people have one, how many have none and, where all have one, how many
   have a row left that does not break it; the smallest of these (see `smaller_part`). 1 where nobody knows whose
   rows they are, null where they are nobody's (`n_people` is 0).

   `of` stands before the columns (`told.`). #}
{% macro people_in_smaller_part(of='') -%}
    case
        when {{ of }}n_violated > 0 and {{ of }}n_people is null then 1
        when {{ of }}n_violated > 0 then {{ smaller_part([
            of ~ 'n_people_violated',
            of ~ 'n_people - ' ~ of ~ 'n_people_violated',
            'coalesce(' ~ of ~ 'n_people_kept, 0)',
        ]) }}
    end
{%- endmacro %}
