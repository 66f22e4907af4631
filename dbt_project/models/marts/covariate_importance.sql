-- One row for each study, model and rank of a covariate.
with

covariate_importance as (

    select * from {{ source('results', 'covariate_importance') }}

),

final as (

    select
        run_id,
        study,
        model_name,
        covariate_rank,
        covariate_name,
        domain,
        mean_absolute_contribution,
        n_people
    from covariate_importance

)

select * from final
