-- One row for each study, model and threshold.
with

decision_curve as (

    select * from {{ source('results', 'decision_curve') }}

),

final as (

    select
        run_id,
        study,
        model_name,
        threshold,
        net_benefit,
        net_benefit_lower,
        net_benefit_upper,
        net_benefit_treat_all,
        n_flagged_rows,
        n_flagged_people,
        n_flagged_outcomes
    from decision_curve

)

select * from final
