-- One row for each attribute and concept that names a group of people.
with

demographic_groups as (

    select * from {{ ref('demographic_groups') }}

),

final as (

    select
        attribute,
        concept_id,
        group_name
    from demographic_groups

)

select * from final
