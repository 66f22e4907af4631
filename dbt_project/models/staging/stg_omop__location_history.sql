-- One row for each span of time in which a person, a clinician or a place of care is at a location.
with

source as (

    {{ as_contracted('location_history') }}

),

final as (

    select
        location_history_id,
        location_id,
        domain_id,
        entity_id,
        start_date,
        end_date
    from source

)

select * from final
