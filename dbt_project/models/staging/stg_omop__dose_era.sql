-- One row for each era of a constant dose of an ingredient taken by a person.
with

source as (

    {{ as_contracted('dose_era') }}

),

final as (

    select
        dose_era_id,
        person_id,
        drug_concept_id,
        unit_concept_id,
        dose_value,
        dose_era_start_date,
        dose_era_end_date
    from source

)

select * from final
