-- One row for each study, model and metric.
with

model_performance as (

    select * from {{ source('results', 'model_performance') }}

),

final as (

    select
        run_id,
        study,
        model_name,
        model_id,
        metric,
        value,
        value_lower,
        value_upper,
        n_rows,
        n_people,
        n_outcomes,
        n_people_with_outcome,
        validation
    from model_performance

)

select * from final
