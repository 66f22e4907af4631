-- One row for each person and span of days in the cohort: Stay in hospital, transfers joined.
-- Written by `catchment cohorts add` from cohort__inpatient_admission.json: change that, not
-- this.
with

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

visit_occurrence as (

    select * from {{ ref('stg_omop__visit_occurrence') }}

),

inpatient_visit_concepts as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'emergency_room_and_inpatient_and_3_others__542c8eb4'

),

inpatient_visit as (

    select
        person_id,
        visit_occurrence_id as event_id,
        visit_start_date as start_date,
        visit_end_date as end_date
    from visit_occurrence
    where
        visit_concept_id in (
            select inpatient_visit_concepts.concept_id from inpatient_visit_concepts
        )

),

-- Each event inside an observation period.
entry_events as (

    select
        inpatient_visit.person_id,
        inpatient_visit.start_date,
        inpatient_visit.end_date,
        observation_period.observation_period_start_date as observation_start_date,
        observation_period.observation_period_end_date as observation_end_date
    from inpatient_visit
    inner join observation_period
        on
            inpatient_visit.person_id = observation_period.person_id
            and inpatient_visit.start_date >= observation_period.observation_period_start_date
            and inpatient_visit.start_date <= observation_period.observation_period_end_date

),

-- Until the end of the event, or until that of the observation period if it is earlier.
cohort_spans as (

    select
        person_id,
        start_date,
        least(end_date, observation_end_date) as end_date
    from entry_events
    where end_date >= start_date

),

-- Spans of a person that overlap or touch become one.
cohort_periods as (

    {{ collapse_periods('cohort_spans') }}

),

final as (

    select
        person_id,
        start_date as cohort_start_date,
        end_date as cohort_end_date
    from cohort_periods

)

select * from final
