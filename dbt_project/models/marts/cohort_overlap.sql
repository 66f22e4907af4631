-- One row for each pair of cohorts, each pair once.
with

cohort_days as (

    select * from {{ ref('cohort_days') }}

),

cohort_rule_count as (

    select * from {{ ref('cohort_rule_count') }}

),

person as (

    select * from {{ ref('person') }}

),

people_of_cohorts as (

    select distinct
        cohort_name,
        person_id
    from cohort_days

),

sizes as (

    select
        cohort_name,
        count(*) as n_people
    from people_of_cohorts
    group by cohort_name

),

everyone as (

    select count(*) as n_people
    from person

),

people_in_both as (

    select
        first_cohort.cohort_name,
        second_cohort.cohort_name as other_cohort_name,
        count(*) as n_people
    from people_of_cohorts as first_cohort
    inner join people_of_cohorts as second_cohort
        on
            first_cohort.person_id = second_cohort.person_id
            and first_cohort.cohort_name < second_cohort.cohort_name
    group by first_cohort.cohort_name, second_cohort.cohort_name

),

-- Also pairs that share nobody: that a pair is listed tells nothing.
pairs as (

    select
        sizes.cohort_name,
        other_sizes.cohort_name as other_cohort_name,
        coalesce(people_in_both.n_people, 0) as n_people_in_both
    from sizes
    inner join sizes as other_sizes
        on sizes.cohort_name < other_sizes.cohort_name
    left join people_in_both
        on
            sizes.cohort_name = people_in_both.cohort_name
            and other_sizes.cohort_name = people_in_both.other_cohort_name

),

parts as (

    select
        pairs.cohort_name,
        pairs.other_cohort_name,
        pairs.n_people_in_both,
        sizes.n_people - pairs.n_people_in_both as n_people_in_first_only,
        other_sizes.n_people - pairs.n_people_in_both as n_people_in_other_only,
        everyone.n_people - sizes.n_people - other_sizes.n_people + pairs.n_people_in_both
            as n_people_in_neither
    from pairs
    inner join sizes
        on pairs.cohort_name = sizes.cohort_name
    inner join sizes as other_sizes
        on pairs.other_cohort_name = other_sizes.cohort_name
    cross join everyone

),

-- Attrition tells how many a rule left: of those, whoever is not in both is a part, too.
left_by_rules as (

    select
        parts.cohort_name,
        parts.other_cohort_name,
        {{ fewest_left_by_a_rule('parts.n_people_in_both') }} as n_left_but_not_in_both
    from parts
    inner join cohort_rule_count
        on cohort_rule_count.cohort_name in (parts.cohort_name, parts.other_cohort_name)
    group by parts.cohort_name, parts.other_cohort_name

),

final as (

    select
        parts.cohort_name,
        parts.other_cohort_name,
        parts.n_people_in_both,
        {{ smaller_part([
            'parts.n_people_in_both',
            'parts.n_people_in_first_only',
            'parts.n_people_in_other_only',
            'parts.n_people_in_neither',
            'coalesce(left_by_rules.n_left_but_not_in_both, 0)',
        ]) }} as n_people_in_smallest_part
    from parts
    left join left_by_rules
        on
            parts.cohort_name = left_by_rules.cohort_name
            and parts.other_cohort_name = left_by_rules.other_cohort_name

)

select * from final
