-- One row for each stay in hospital, with what the rules say of its discharge.
-- A definition cannot say this: Circe has no word for where a visit is discharged to, and puts its rules to
-- visits before they are joined, not to the stay that they make.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

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
        end_date
    from inpatient_visit
    where discharged_to_concept_id in (select died_in_hospital.concept_id from died_in_hospital)

),

stays_with_rules as (

    select
        inpatient_admission.person_id,
        inpatient_admission.cohort_start_date as start_date,
        inpatient_admission.cohort_end_date as end_date,
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
                and visits_that_end_in_death.end_date = inpatient_admission.cohort_end_date
        ) as is_alive_at_discharge,
        exists (
            select 1
            from observation_period
            where
                observation_period.person_id = inpatient_admission.person_id
                and inpatient_admission.cohort_end_date
                between observation_period.observation_period_start_date
                and observation_period.observation_period_end_date
        )
        -- Where observation ends during the stay, the stay is cut there: nobody is discharged that day.
        and not exists (
            select 1
            from inpatient_visit
            where
                inpatient_visit.person_id = inpatient_admission.person_id
                and inpatient_visit.end_date > inpatient_admission.cohort_end_date
                and inpatient_visit.start_date
                between inpatient_admission.cohort_start_date
                and inpatient_admission.cohort_end_date
        ) as is_inside_observation
    from inpatient_admission
    where inpatient_admission.person_id in (select person.person_id from person)

),

final as (

    select
        person_id,
        start_date,
        end_date,
        is_alive_at_discharge,
        is_inside_observation,
        case
            when not is_alive_at_discharge then 0
            when not is_inside_observation then 1
            else 2
        end as n_rules_passed,
        row_number() over (
            partition by person_id
            order by
                cast(is_alive_at_discharge as integer) + cast(is_inside_observation as integer) desc,
                is_alive_at_discharge desc,
                start_date asc
        ) = 1 as is_best_event
    from stays_with_rules

)

select * from final
