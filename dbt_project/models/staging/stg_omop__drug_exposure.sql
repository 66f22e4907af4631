-- One row for each record of a drug given or prescribed to a person.
with

source as (

    select * from {{ source('omop', 'drug_exposure') }}

),

final as (

    select
        drug_exposure_id,
        person_id,
        drug_concept_id,
        drug_exposure_start_date,
        drug_exposure_end_date,
        days_supply
    from source

)

select * from final
