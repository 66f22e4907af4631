-- One row for each place of care.
with

source as (

    {{ as_contracted('care_site') }}

),

final as (

    select
        care_site_id,
        care_site_name,
        place_of_service_concept_id,
        location_id
    from source

)

select * from final
