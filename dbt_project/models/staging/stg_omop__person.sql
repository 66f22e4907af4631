-- One row for each person.
with

source as (

    {{ as_contracted('person') }}

),

final as (

    select
        person_id,
        gender_concept_id,
        year_of_birth,
        month_of_birth,
        day_of_birth,
        race_concept_id,
        ethnicity_concept_id,
        location_id,
        care_site_id
    from source

)

select * from final
