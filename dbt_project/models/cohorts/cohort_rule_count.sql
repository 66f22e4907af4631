-- One row for each cohort and rule of it: the events and people that remain after the rule.
with

cohort_rules as (

    select * from {{ ref('cohort_rules') }}

),

cohort_entry_event as (

    select * from {{ ref('cohort_entry_event') }}

),

final as (

    select
        cohort_rules.cohort_name,
        coalesce(cohort_rules.built_from, '') as built_from,
        cohort_rules.rule_number,
        cohort_rules.rule,
        count(cohort_entry_event.person_id) as n_rows,
        count(distinct cohort_entry_event.person_id) as n_people,
        count(case when cohort_entry_event.is_best_event then 1 end) as n_people_by_best_event
    from cohort_rules
    left join cohort_entry_event
        on
            cohort_rules.cohort_name = cohort_entry_event.cohort_name
            -- The first rule finds the event: it is passed by all of them.
            and cohort_rules.rule_number <= cohort_entry_event.n_rules_passed + 1
    group by
        cohort_rules.cohort_name,
        cohort_rules.built_from,
        cohort_rules.rule_number,
        cohort_rules.rule

)

select * from final
