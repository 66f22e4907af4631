-- One row for each episode of a known person, as the CDM has it, in integer days; of CDM 5.4.
-- Its concept is what the episode is about: a regimen, a disease. Without an end it lasts one day.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

stg_omop__episode as (

    select * from {{ ref('stg_omop__episode') }}

),

final as (

    select
        episode_id,
        person_id,
        episode_object_concept_id as concept_id,
        {{ to_day('episode_start_date') }} as start_day,
        {{ to_day('coalesce(episode_end_date, episode_start_date)') }} as end_day
    from stg_omop__episode
    where
        person_id in (select person.person_id from person)
        and episode_start_date is not null

)

select * from final
