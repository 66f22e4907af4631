-- One row for each place or address.
with

source as (

    {{ as_contracted('location') }}

),

final as (

    select
        location_id,
        region_concept_id
    from source

)

select * from final
