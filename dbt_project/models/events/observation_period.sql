-- One row for each observation period of a known person, in integer days, both ends inclusive.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

stg_observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

final as (

    select distinct
        person_id,
        {{ to_day('observation_period_start_date') }} as start_day,
        {{ to_day('observation_period_end_date') }} as end_day
    from stg_observation_period
    where
        person_id in (select person.person_id from person)
        and observation_period_start_date <= observation_period_end_date

)

select * from final
