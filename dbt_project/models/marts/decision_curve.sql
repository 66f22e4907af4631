-- One row for each study, model and threshold.
with

decision_curve as (

    select * from {{ source('results', 'decision_curve') }}

),

model_performance as (

    select * from {{ source('results', 'model_performance') }}

),

-- Every metric of a model is computed on the same people.
people_judged as (

    select
        study,
        model_name,
        max(n_rows) as n_rows,
        max(n_people) as n_people,
        max(n_outcomes) as n_outcomes,
        max(n_people_with_outcome) as n_people_with_outcome
    from model_performance
    group by study, model_name

),

final as (

    select
        decision_curve.run_id,
        decision_curve.study,
        decision_curve.model_name,
        decision_curve.threshold,
        decision_curve.net_benefit,
        decision_curve.net_benefit_lower,
        decision_curve.net_benefit_upper,
        decision_curve.net_benefit_treat_all,
        decision_curve.n_flagged_rows,
        decision_curve.n_flagged_people,
        decision_curve.n_flagged_outcomes,
        decision_curve.n_flagged_people_with_outcome,
        people_judged.n_rows,
        people_judged.n_people,
        people_judged.n_outcomes,
        people_judged.n_people_with_outcome
    from decision_curve
    left join people_judged
        on
            decision_curve.study = people_judged.study
            and decision_curve.model_name = people_judged.model_name

)

select * from final
