-- One row for each cohort: what it is, and how many people and rows are in it.
with

cohort_days as (

    select * from {{ ref('cohort_days') }}

),

cohort_nesting as (

    select * from {{ ref('cohort_nesting') }}

),

cohort_words as (

    {{ cohort_words() }}

),

counted as (

    select
        cohort_name,
        count(*) as n_rows,
        count(distinct person_id) as n_people
    from cohort_days
    group by cohort_name

),

final as (

    select
        cohort_words.cohort_name,
        cohort_words.title,
        cohort_words.described,
        cohort_words.concept_sets,
        coalesce(cohort_nesting.lies_in, '') as lies_in,
        coalesce(counted.n_rows, 0) as n_rows,
        coalesce(counted.n_people, 0) as n_people
    from cohort_words
    left join counted
        on cohort_words.cohort_name = counted.cohort_name
    left join cohort_nesting
        on cohort_words.cohort_name = cohort_nesting.cohort_name

)

select * from final
