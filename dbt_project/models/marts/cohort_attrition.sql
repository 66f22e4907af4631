-- One row for each cohort and rule of its definition.
with

cohort_rule_count as (

    select * from {{ ref('cohort_rule_count') }}

),

final as (

    select
        cohort_name,
        built_from,
        rule_number,
        rule,
        n_rows,
        n_people
    from cohort_rule_count

)

select * from final
