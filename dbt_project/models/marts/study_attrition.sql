-- One row for each study and step of its attrition.
with

study_attrition as (

    select * from {{ source('results', 'study_attrition') }}

),

final as (

    select
        run_id,
        study,
        target_cohort,
        outcome_cohort,
        step_number,
        rule,
        is_applied,
        n_rows,
        n_people,
        n_outcomes,
        n_people_with_outcome
    from study_attrition

)

select * from final
