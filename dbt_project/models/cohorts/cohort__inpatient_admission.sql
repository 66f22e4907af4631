-- One row for each stay in hospital after transfers are joined, from admission to discharge.
-- A visit that starts on or before the day the stay so far ends continues that stay.
with

inpatient_visit as (

    select * from {{ ref('cohort__inpatient_visit') }}

),

visits_in_order as (

    select
        person_id,
        cohort_start_date,
        cohort_end_date,
        max(cohort_end_date) over (
            partition by person_id
            order by cohort_start_date, cohort_end_date
            rows between unbounded preceding and 1 preceding
        ) as stay_so_far_ends
    from inpatient_visit

),

visits_of_stays as (

    select
        person_id,
        cohort_start_date,
        cohort_end_date,
        sum(case when cohort_start_date <= stay_so_far_ends then 0 else 1 end) over (
            partition by person_id
            order by cohort_start_date, cohort_end_date
            rows between unbounded preceding and current row
        ) as stay_number
    from visits_in_order

),

final as (

    select
        person_id,
        min(cohort_start_date) as cohort_start_date,
        max(cohort_end_date) as cohort_end_date
    from visits_of_stays
    group by person_id, stay_number

)

select * from final
