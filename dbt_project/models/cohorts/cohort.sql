-- One row for each cohort and row of it, in OHDSI's shape.
with

cohort_rows as (

    {% for name in var('cohorts') -%}
    select
        cast({{ cohort_number(name, loop.index) }} as bigint) as cohort_definition_id,
        person_id as subject_id,
        cohort_start_date,
        cohort_end_date
    from {{ ref('cohort__' ~ name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        cohort_definition_id,
        subject_id,
        cohort_start_date,
        cohort_end_date
    from cohort_rows

)

select * from final
