-- One row for each pair of concepts and way in which the first stands to the second.
with

source as (

    {{ as_contracted('concept_relationship') }}

),

final as (

    select
        concept_id_1,
        concept_id_2,
        relationship_id,
        invalid_reason
    from source

)

select * from final
