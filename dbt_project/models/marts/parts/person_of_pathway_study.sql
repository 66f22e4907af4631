-- One row for each pathway study and person of its target, with the day on which they first enter it.
with

person_pathway as (

    select * from {{ source('results', 'person_pathway') }}

),

final as (

    select distinct
        study,
        person_id,
        index_date
    from person_pathway

)

select * from final
