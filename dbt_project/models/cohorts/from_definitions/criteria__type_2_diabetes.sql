-- One row for each event that may open the cohort, with the rules it passes: Type 2 diabetes,
-- from the first time it is recorded.
-- Written by `catchment cohorts add` from cohort__type_2_diabetes.json: change that, not this.
with

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

condition_occurrence as (

    select * from {{ ref('stg_omop__condition_occurrence') }}

),

type_2_diabetes_concepts as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'type_2_diabetes_mellitus__70378479'

),

numbered_type_2_diabetes_conditions as (

    select
        *,
        row_number() over (
            partition by person_id
            order by condition_start_date, condition_occurrence_id
        ) as occurrence_number
    from condition_occurrence
    where
        condition_concept_id in (
            select type_2_diabetes_concepts.concept_id from type_2_diabetes_concepts
        )

),

first_type_2_diabetes_conditions as (

    select
        person_id,
        condition_occurrence_id as event_id,
        condition_start_date as start_date,
        coalesce(condition_end_date, {{ add_days('condition_start_date', 1) }}) as end_date
    from numbered_type_2_diabetes_conditions
    where occurrence_number = 1

),

-- Each event of a person; without observation dates where not observed as asked.
recorded_events as (

    select
        first_type_2_diabetes_conditions.person_id,
        first_type_2_diabetes_conditions.start_date,
        first_type_2_diabetes_conditions.end_date,
        observation_period.observation_period_start_date as observation_start_date,
        observation_period.observation_period_end_date as observation_end_date,
        row_number() over (
            partition by first_type_2_diabetes_conditions.person_id
            order by
                first_type_2_diabetes_conditions.start_date,
                first_type_2_diabetes_conditions.event_id
        ) as entry_number
    from first_type_2_diabetes_conditions
    left join observation_period
        on
            first_type_2_diabetes_conditions.person_id = observation_period.person_id
            and first_type_2_diabetes_conditions.start_date
            >= observation_period.observation_period_start_date
            and first_type_2_diabetes_conditions.start_date
            <= observation_period.observation_period_end_date
    where first_type_2_diabetes_conditions.person_id is not null

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
