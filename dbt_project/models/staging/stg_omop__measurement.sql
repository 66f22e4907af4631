-- One row for each measurement of a person.
with

source as (

    select * from {{ source('omop', 'measurement') }}

),

final as (

    select
        measurement_id,
        person_id,
        measurement_concept_id,
        measurement_date,
        value_as_number,
        unit_concept_id
    from source

)

select * from final
