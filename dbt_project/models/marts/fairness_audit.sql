-- One row for each study, model, attribute, group and metric.
with

fairness_audit as (

    select * from {{ source('results', 'fairness_audit') }}

),

final as (

    select
        run_id,
        study,
        model_name,
        attribute,
        group_name,
        metric,
        value,
        value_lower,
        value_upper,
        reference_group,
        difference,
        difference_lower,
        difference_upper,
        verdict,
        n_rows,
        n_people,
        n_outcomes,
        n_people_with_outcome,
        n_people_without_outcome,
        n_flagged_rows,
        n_flagged_people,
        n_flagged_outcomes,
        n_flagged_people_with_outcome,
        threshold
    from fairness_audit

)

select * from final
