-- One row for each event that may open the cohort, with the rules it passes: Stay in hospital,
-- transfers joined.
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

-- Each event of a person; without observation dates where not observed as asked.
recorded_events as (

    select
        inpatient_visit.person_id,
        inpatient_visit.start_date,
        inpatient_visit.end_date,
        observation_period.observation_period_start_date as observation_start_date,
        observation_period.observation_period_end_date as observation_end_date,
        row_number() over (
            partition by inpatient_visit.person_id
            order by inpatient_visit.start_date, inpatient_visit.event_id
        ) as entry_number
    from inpatient_visit
    left join observation_period
        on
            inpatient_visit.person_id = observation_period.person_id
            and inpatient_visit.start_date >= observation_period.observation_period_start_date
            and inpatient_visit.start_date <= observation_period.observation_period_end_date
    where inpatient_visit.person_id is not null

),

entry_events as (

    select *
    from recorded_events
    where observation_start_date is not null

),

final as (

    {{ count_rules_passed('recorded_events', 'entry_events') }}

)

select * from final
