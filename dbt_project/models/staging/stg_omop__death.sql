-- One row for each person who is known to have died.
with

source as (

    select * from {{ source('omop', 'death') }}

),

final as (

    select
        person_id,
        death_date
    from source

)

select * from final
