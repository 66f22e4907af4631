-- One row for each study and step of its last run.
-- The people of a study are counted in study_attrition, where disclosure can tell which counts hang together.
with

run_step as (

    select * from {{ source('results', 'run_step') }}

),

final as (

    select
        run_id,
        study,
        step_number,
        step,
        status,
        case when study = '' then n_people end as n_people,
        seconds,
        finished_at,
        note
    from run_step

)

select * from final
