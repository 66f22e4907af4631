-- One row for each era of a condition of a person.
with

source as (

    {{ as_contracted('condition_era') }}

),

final as (

    select
        condition_era_id,
        person_id,
        condition_concept_id,
        condition_era_start_date,
        condition_era_end_date,
        condition_occurrence_count
    from source

)

select * from final
