-- One row for each pair of a concept and one of its descendants.
with

source as (

    select * from {{ source('omop', 'concept_ancestor') }}

),

final as (

    select
        ancestor_concept_id,
        descendant_concept_id
    from source

)

select * from final
