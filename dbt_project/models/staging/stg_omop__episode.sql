-- One row for each episode of a person: a course of a disease or of its treatment.
with

source as (

    {{ as_contracted('episode') }}

),

final as (

    select
        episode_id,
        person_id,
        episode_concept_id,
        episode_start_date,
        episode_end_date,
        episode_parent_id,
        episode_number,
        episode_object_concept_id,
        episode_type_concept_id
    from source

)

select * from final
