-- One row for each device used on or put into a person.
with

source as (

    {{ as_contracted('device_exposure') }}

),

final as (

    select
        device_exposure_id,
        person_id,
        device_concept_id,
        device_exposure_start_date,
        device_exposure_end_date,
        device_type_concept_id,
        unique_device_id,
        quantity,
        provider_id,
        visit_occurrence_id,
        device_source_concept_id
    from source

)

select * from final
