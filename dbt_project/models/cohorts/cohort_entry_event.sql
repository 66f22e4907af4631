-- One row for each cohort and event of a known person that may open it, with the rules it passes.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

events_of_cohorts as (

    {% for name in var('cohorts') -%}
    select
        '{{ name }}' as cohort_name,
        person_id,
        start_date,
        n_rules_passed,
        is_best_event
    from {{ ref('criteria__' ~ name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        cohort_name,
        person_id,
        start_date,
        n_rules_passed,
        is_best_event
    from events_of_cohorts
    where person_id in (select person.person_id from person)

)

select * from final
