-- One row for each study, model and bin of predicted risk.
with

calibration as (

    select * from {{ source('results', 'calibration') }}

),

final as (

    select
        run_id,
        study,
        model_name,
        bin_number,
        n_rows,
        n_people,
        n_outcomes,
        n_people_with_outcome,
        mean_risk,
        outcome_rate,
        outcome_rate_lower,
        outcome_rate_upper
    from calibration

)

select * from final
