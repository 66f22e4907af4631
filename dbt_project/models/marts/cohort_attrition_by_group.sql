-- One row for each cohort, rule of its definition, attribute and group that any cohort finds people of.
-- Also groups of which this cohort finds nobody: that a group is listed tells nothing.
with

cohort_rule_count as (

    select * from {{ ref('cohort_rule_count') }}

),

cohort_rule_group_comparison as (

    select * from {{ ref('cohort_rule_group_comparison') }}

),

groups_of_people as (

    select distinct
        attribute,
        group_name
    from cohort_rule_group_comparison

),

final as (

    select
        cohort_rule_count.cohort_name,
        cohort_rule_count.built_from,
        cohort_rule_count.rule_number,
        cohort_rule_count.rule,
        groups_of_people.attribute,
        groups_of_people.group_name,
        coalesce(cohort_rule_group_comparison.n_people, 0) as n_people,
        case
            when cohort_rule_count.rule_number = 1 then 'first rule'
            else coalesce(cohort_rule_group_comparison.verdict, 'too few to judge')
        end as verdict
    from cohort_rule_count
    cross join groups_of_people
    left join cohort_rule_group_comparison
        on
            cohort_rule_count.cohort_name = cohort_rule_group_comparison.cohort_name
            and cohort_rule_count.rule_number = cohort_rule_group_comparison.rule_number
            and groups_of_people.attribute = cohort_rule_group_comparison.attribute
            and groups_of_people.group_name = cohort_rule_group_comparison.group_name

)

select * from final
