-- One row for each gastrointestinal haemorrhage and day it is recorded on.
-- The cohort ends when the last such record of the day ends, or on that day where none has an end.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

condition_occurrence as (

    select * from {{ ref('stg_omop__condition_occurrence') }}

),

gastrointestinal_haemorrhage as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'gastrointestinal_haemorrhage'

),

final as (

    select
        person_id,
        condition_start_date as cohort_start_date,
        greatest(
            condition_start_date, coalesce(max(condition_end_date), condition_start_date)
        ) as cohort_end_date
    from condition_occurrence
    where
        condition_concept_id in (
            select gastrointestinal_haemorrhage.concept_id from gastrointestinal_haemorrhage
        )
        and person_id in (select person.person_id from person)
        and condition_start_date is not null
    group by person_id, condition_start_date

)

select * from final
