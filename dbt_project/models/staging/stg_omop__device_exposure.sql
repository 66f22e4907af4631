-- One row for each device used on or put into a person.
with

source as (

    select * from {{ source('omop', 'device_exposure') }}

),

final as (

    select
        device_exposure_id,
        person_id,
        device_concept_id,
        device_exposure_start_date,
        device_exposure_end_date
    from source

)

select * from final
