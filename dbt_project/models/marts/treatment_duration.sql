-- One row for each study, measure, line of treatment and treatment.
-- Counted in Python, for what a line is and what follows it hangs on the study's settings.
with

treatment_duration as (

    select * from {{ source('results', 'treatment_duration') }}

),

final as (

    select
        study,
        compat,
        target_cohort,
        measure,
        line_number,
        treatment,
        n_people,
        days_mean,
        days_q1,
        days_median,
        days_q3,
        counted_as
    from treatment_duration

)

select * from final
