-- One row for each measurement of a person.
with

source as (

    {{ as_contracted('measurement') }}

),

final as (

    select
        measurement_id,
        person_id,
        measurement_concept_id,
        measurement_date,
        measurement_type_concept_id,
        operator_concept_id,
        value_as_number,
        value_as_concept_id,
        unit_concept_id,
        range_low,
        range_high,
        provider_id,
        visit_occurrence_id,
        measurement_source_concept_id
    from source

)

select * from final
