-- One row for each person and unbroken span of observed days. Periods of a person that overlap are one.
with

observation_period as (

    select * from {{ ref('observation_period') }}

),

period_days as (

    select
        person_id,
        start_day as start_date,
        end_day as end_date
    from observation_period

),

spans as (

    {{ collapse_periods('period_days') }}

),

final as (

    select
        person_id,
        start_date as start_day,
        end_date as end_day
    from spans

)

select * from final
