-- One row for each study, line of treatment, treatment and what follows it.
-- Counted in Python, for what a line is and what follows it hangs on the study's settings.
with

treatment_line as (

    select * from {{ source('results', 'treatment_line') }}

),

final as (

    select
        study,
        compat,
        target_cohort,
        line_number,
        treatment,
        what_follows,
        n_people,
        n_people_total,
        share,
        is_any_treatment,
        counted_as,
        sums_to,
        share_of,
        taken_in
    from treatment_line

)

select * from final
