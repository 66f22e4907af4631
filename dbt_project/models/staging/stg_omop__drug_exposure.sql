-- One row for each record of a drug given or prescribed to a person.
with

source as (

    {{ as_contracted('drug_exposure') }}

),

final as (

    select
        drug_exposure_id,
        person_id,
        drug_concept_id,
        drug_exposure_start_date,
        drug_exposure_end_date,
        drug_type_concept_id,
        stop_reason,
        refills,
        quantity,
        days_supply,
        route_concept_id,
        effective_drug_dose,
        dose_unit_concept_id,
        lot_number,
        provider_id,
        visit_occurrence_id,
        drug_source_concept_id
    from source

)

select * from final
