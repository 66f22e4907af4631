-- One row for each study, line of treatment, treatment and day after its start.
-- Counted in Python, for what a line is and what follows it hangs on the study's settings.
with

treatment_persistence as (

    select * from {{ source('results', 'treatment_persistence') }}

),

final as (

    select
        study,
        compat,
        target_cohort,
        line_number,
        treatment,
        days_after_start,
        n_people_followed,
        n_people_persistent,
        share_persistent,
        counted_as
    from treatment_persistence

)

select * from final
