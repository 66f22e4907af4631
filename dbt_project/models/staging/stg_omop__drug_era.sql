-- One row for each era of an ingredient taken by a person.
with

source as (

    select * from {{ source('omop', 'drug_era') }}

),

final as (

    select
        drug_era_id,
        person_id,
        drug_concept_id,
        drug_era_start_date,
        drug_era_end_date
    from source

)

select * from final
