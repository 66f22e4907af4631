-- One row for each other clinical fact recorded of a person.
with

source as (

    select * from {{ source('omop', 'observation') }}

),

final as (

    select
        observation_id,
        person_id,
        observation_concept_id,
        observation_date,
        value_as_number,
        unit_concept_id
    from source

)

select * from final
