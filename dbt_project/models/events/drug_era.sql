-- One row for each drug era of a known person, exactly as the CDM has it, in integer days.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

stg_drug_era as (

    select * from {{ ref('stg_omop__drug_era') }}

),

final as (

    select
        drug_era_id,
        person_id,
        drug_concept_id as concept_id,
        {{ to_day('drug_era_start_date') }} as start_day,
        {{ to_day('drug_era_end_date') }} as end_day
    from stg_drug_era
    where person_id in (select person.person_id from person)

)

select * from final
