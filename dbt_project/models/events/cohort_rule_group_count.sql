-- One row for each cohort, rule of it, attribute and group: the events and people that remain after the rule.
-- A person is in one group of each attribute: the age band is that on the day of the person's best event.
with

cohort_rules as (

    select * from {{ ref('cohort_rules') }}

),

cohort_entry_event as (

    select * from {{ ref('cohort_entry_event') }}

),

person as (

    select * from {{ ref('person') }}

),

people_with_groups as (

    select
        cohort_entry_event.cohort_name,
        person.person_id,
        person.sex,
        person.race,
        person.ethnicity,
        {{ age_band('extract(year from cohort_entry_event.start_date) - person.year_of_birth') }}
            as age_band
    from cohort_entry_event
    inner join person
        on cohort_entry_event.person_id = person.person_id
    where cohort_entry_event.is_best_event

),

people_by_attribute as (

    {% for attribute in ['sex', 'age_band', 'race', 'ethnicity'] -%}
    select
        cohort_name,
        person_id,
        '{{ attribute }}' as attribute,
        {{ attribute }} as group_name
    from people_with_groups
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

events_by_rules_passed as (

    select
        cohort_name,
        person_id,
        n_rules_passed,
        count(*) as n_rows,
        case
            when n_rules_passed = max(n_rules_passed) over (partition by cohort_name, person_id)
                then 1
            else 0
        end as is_furthest
    from cohort_entry_event
    group by cohort_name, person_id, n_rules_passed

),

groups_by_rules_passed as (

    select
        people_by_attribute.cohort_name,
        people_by_attribute.attribute,
        people_by_attribute.group_name,
        events_by_rules_passed.n_rules_passed,
        sum(events_by_rules_passed.n_rows) as n_rows,
        sum(events_by_rules_passed.is_furthest) as n_people
    from people_by_attribute
    inner join events_by_rules_passed
        on
            people_by_attribute.cohort_name = events_by_rules_passed.cohort_name
            and people_by_attribute.person_id = events_by_rules_passed.person_id
    group by
        people_by_attribute.cohort_name,
        people_by_attribute.attribute,
        people_by_attribute.group_name,
        events_by_rules_passed.n_rules_passed

),

final as (

    select
        cohort_rules.cohort_name,
        coalesce(cohort_rules.built_from, '') as built_from,
        cohort_rules.rule_number,
        cohort_rules.rule,
        groups_by_rules_passed.attribute,
        groups_by_rules_passed.group_name,
        cast(sum(
            case
                when cohort_rules.rule_number <= groups_by_rules_passed.n_rules_passed + 1
                    then groups_by_rules_passed.n_rows
                else 0
            end
        ) as bigint) as n_rows,
        cast(sum(
            case
                when cohort_rules.rule_number <= groups_by_rules_passed.n_rules_passed + 1
                    then groups_by_rules_passed.n_people
                else 0
            end
        ) as bigint) as n_people
    from cohort_rules
    inner join groups_by_rules_passed
        on cohort_rules.cohort_name = groups_by_rules_passed.cohort_name
    group by
        cohort_rules.cohort_name,
        cohort_rules.built_from,
        cohort_rules.rule_number,
        cohort_rules.rule,
        groups_by_rules_passed.attribute,
        groups_by_rules_passed.group_name

)

select * from final
