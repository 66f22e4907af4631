-- One row for each study, line of treatment and treatment whose days are counted.
-- Counted in Python, for what a line is and what follows it hangs on the study's settings.
with

treatment_days_covered as (

    select * from {{ source('results', 'treatment_days_covered') }}

),

final as (

    select
        study,
        compat,
        target_cohort,
        line_number,
        treatment,
        period_days,
        n_people,
        n_people_well_covered,
        share_well_covered,
        covered_mean,
        covered_median,
        counted_as
    from treatment_days_covered

)

select * from final
