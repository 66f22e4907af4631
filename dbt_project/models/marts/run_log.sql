-- One row for each study and step of its last run.
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
        n_people,
        seconds,
        finished_at
    from run_step

)

select * from final
