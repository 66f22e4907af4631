-- One row for each pair of cohorts with at least one person in both, each pair once.
with

cohort_days as (

    select * from {{ ref('cohort_days') }}

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
        count(*) as n_people,
        {{ rows_fingerprint(['person_id']) }} as fingerprint
    from people_of_cohorts
    group by cohort_name

),

-- Cohorts of the same people overlap alike.
alike as (

    select
        cohort_name,
        n_people,
        first_value(cohort_name) over (
            partition by n_people, fingerprint
            order by cohort_name
        ) as people_like
    from sizes

),

pairs as (

    select
        first_cohort.cohort_name,
        second_cohort.cohort_name as other_cohort_name,
        count(*) as n_people_in_both
    from people_of_cohorts as first_cohort
    inner join people_of_cohorts as second_cohort
        on
            first_cohort.person_id = second_cohort.person_id
            and first_cohort.cohort_name < second_cohort.cohort_name
    group by first_cohort.cohort_name, second_cohort.cohort_name

),

final as (

    select
        pairs.cohort_name,
        pairs.other_cohort_name,
        alike.people_like,
        other_alike.people_like as other_people_like,
        alike.n_people,
        other_alike.n_people as n_people_of_other,
        alike.n_people + other_alike.n_people - pairs.n_people_in_both as n_people_in_either,
        pairs.n_people_in_both,
        alike.n_people - pairs.n_people_in_both as n_people_in_first_only,
        other_alike.n_people - pairs.n_people_in_both as n_people_in_other_only
    from pairs
    inner join alike
        on pairs.cohort_name = alike.cohort_name
    inner join alike as other_alike
        on pairs.other_cohort_name = other_alike.cohort_name

)

select * from final
