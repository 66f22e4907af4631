-- One row for each cohort, rule of its definition, attribute and group that had anybody before the rule.
with

cohort_rule_group_comparison as (

    select * from {{ ref('cohort_rule_group_comparison') }}

),

final as (

    select
        cohort_name,
        rule_number,
        rule,
        attribute,
        group_name,
        verdict
    from cohort_rule_group_comparison

)

select * from final
