-- One row for each condition era of a known person, exactly as the CDM has it, in integer days.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

stg_condition_era as (

    select * from {{ ref('stg_omop__condition_era') }}

),

final as (

    select
        condition_era_id,
        person_id,
        condition_concept_id as concept_id,
        {{ to_day('condition_era_start_date') }} as start_day,
        {{ to_day('condition_era_end_date') }} as end_day
    from stg_condition_era
    where person_id in (select person.person_id from person)

)

select * from final
