-- One row for each pair of a concept and one of its descendants.
with

source as (

    {{ as_contracted('concept_ancestor') }}

),

final as (

    select
        ancestor_concept_id,
        descendant_concept_id,
        min_levels_of_separation
    from source

)

select * from final
