-- One row for each person with type 2 diabetes, from the first time it is recorded.
-- The cohort ends with that observation period, or on its first day outside any.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

condition_occurrence as (

    select * from {{ ref('stg_omop__condition_occurrence') }}

),

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

type_2_diabetes as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'type_2_diabetes'

),

first_recorded as (

    select
        person_id,
        min(condition_start_date) as cohort_start_date
    from condition_occurrence
    where
        condition_concept_id in (select type_2_diabetes.concept_id from type_2_diabetes)
        and person_id in (select person.person_id from person)
        and condition_start_date is not null
    group by person_id

),

final as (

    select
        first_recorded.person_id,
        first_recorded.cohort_start_date,
        coalesce(
            max(observation_period.observation_period_end_date), first_recorded.cohort_start_date
        ) as cohort_end_date
    from first_recorded
    left join observation_period
        on
            first_recorded.person_id = observation_period.person_id
            and first_recorded.cohort_start_date
            between observation_period.observation_period_start_date
            and observation_period.observation_period_end_date
    group by first_recorded.person_id, first_recorded.cohort_start_date

)

select * from final
