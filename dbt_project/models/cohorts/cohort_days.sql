-- One row for each cohort and row of it whose person is known, under its name and in integer days.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

cohort_rows as (

    {% for name in var('cohorts') -%}
    select
        '{{ name }}' as cohort_name,
        person_id,
        cohort_start_date,
        cohort_end_date
    from {{ ref('cohort__' ~ name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        cohort_name,
        person_id,
        {{ to_day('cohort_start_date') }} as start_day,
        {{ to_day('cohort_end_date') }} as end_day
    from cohort_rows
    where person_id in (select person.person_id from person)

)

select * from final
