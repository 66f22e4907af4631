-- One row for each span of time in which a person is observed.
with

source as (

    {{ as_contracted('observation_period') }}

),

final as (

    select
        observation_period_id,
        person_id,
        observation_period_start_date,
        observation_period_end_date,
        period_type_concept_id
    from source

)

select * from final
