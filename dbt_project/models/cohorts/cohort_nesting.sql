-- One row for each cohort that somebody is in: which cohort is entered alike, and in which one it lies.
-- Whoever knows what cohorts are knows that, too: what one has more than the other is a count of people.
with

cohort_days as (

    select * from {{ ref('cohort_days') }}

),

first_entry as (

    select
        cohort_name,
        person_id,
        min(start_day) as first_day
    from cohort_days
    group by cohort_name, person_id

),

sizes as (

    select
        cohort_name,
        count(*) as n_people
    from first_entry
    group by cohort_name

),

people_in_both as (

    select
        first_entry.cohort_name,
        other_entry.cohort_name as other_cohort_name,
        count(case when other_entry.first_day = first_entry.first_day then 1 end) as n_same_day,
        count(case when other_entry.first_day <= first_entry.first_day then 1 end) as n_no_later
    from first_entry
    inner join first_entry as other_entry
        on first_entry.person_id = other_entry.person_id
    group by first_entry.cohort_name, other_entry.cohort_name

),

-- Those that everybody of a cohort is in, and enters no later.
holding as (

    select
        people_in_both.cohort_name,
        people_in_both.other_cohort_name,
        other_sizes.n_people,
        people_in_both.n_same_day = sizes.n_people and other_sizes.n_people = sizes.n_people as is_alike
    from people_in_both
    inner join sizes
        on people_in_both.cohort_name = sizes.cohort_name
    inner join sizes as other_sizes
        on people_in_both.other_cohort_name = other_sizes.cohort_name
    where people_in_both.n_no_later = sizes.n_people

),

entered_alike as (

    select
        cohort_name,
        min(other_cohort_name) as enters_like
    from holding
    where is_alike
    group by cohort_name

),

smallest_first as (

    select
        cohort_name,
        other_cohort_name as lies_in,
        row_number() over (
            partition by cohort_name
            order by n_people, other_cohort_name
        ) as place_in_order
    from holding
    where not is_alike

),

final as (

    select
        entered_alike.cohort_name,
        entered_alike.enters_like,
        coalesce(smallest_first.lies_in, '') as lies_in
    from entered_alike
    left join smallest_first
        on
            entered_alike.cohort_name = smallest_first.cohort_name
            and smallest_first.place_in_order = 1

)

select * from final
