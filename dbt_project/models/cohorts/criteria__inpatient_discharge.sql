-- One row for each stay in hospital, with what the rules say of its discharge.
with

inpatient_admission as (

    select * from {{ ref('cohort__inpatient_admission') }}

),

inpatient_visit as (

    select * from {{ ref('criteria__inpatient_visit') }}

),

death as (

    select * from {{ ref('stg_omop__death') }}

),

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

died_in_hospital as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'died_in_hospital'

),

visits_that_end_in_death as (

    select
        person_id,
        cohort_end_date
    from inpatient_visit
    where discharged_to_concept_id in (select died_in_hospital.concept_id from died_in_hospital)

),

final as (

    select
        inpatient_admission.person_id,
        inpatient_admission.cohort_start_date,
        inpatient_admission.cohort_end_date,
        not exists (
            select 1
            from death
            where
                death.person_id = inpatient_admission.person_id
                and death.death_date <= inpatient_admission.cohort_end_date
        )
        and not exists (
            select 1
            from visits_that_end_in_death
            where
                visits_that_end_in_death.person_id = inpatient_admission.person_id
                and visits_that_end_in_death.cohort_end_date = inpatient_admission.cohort_end_date
        ) as is_alive_at_discharge,
        exists(
            select 1
            from observation_period
            where
                observation_period.person_id = inpatient_admission.person_id
                and inpatient_admission.cohort_end_date
                between observation_period.observation_period_start_date
                and observation_period.observation_period_end_date
        ) as is_inside_observation
    from inpatient_admission

)

select * from final
