-- One row for each era of an ingredient taken by a person.
with

source as (

    {{ as_contracted('drug_era') }}

),

final as (

    select
        drug_era_id,
        person_id,
        drug_concept_id,
        drug_era_start_date,
        drug_era_end_date,
        drug_exposure_count,
        gap_days
    from source

)

select * from final
