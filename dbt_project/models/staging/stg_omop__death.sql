-- One row for each person who is known to have died.
with

source as (

    {{ as_contracted('death') }}

),

final as (

    select
        person_id,
        death_date,
        death_type_concept_id,
        cause_concept_id,
        cause_source_concept_id
    from source

)

select * from final
