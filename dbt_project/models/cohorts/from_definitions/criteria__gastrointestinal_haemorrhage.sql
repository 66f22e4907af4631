-- One row for each event that may open the cohort, with the rules it passes: Gastrointestinal
-- haemorrhage.
-- Written by `catchment cohorts add` from cohort__gastrointestinal_haemorrhage.json: change that,
-- not this.
with

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

condition_occurrence as (

    select * from {{ ref('stg_omop__condition_occurrence') }}

),

gastrointestinal_haemorrhage_concepts as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'gastrointestinal_hemorrhage__fd2fb720'

),

gastrointestinal_haemorrhage_conditions as (

    select
        person_id,
        condition_occurrence_id as event_id,
        condition_start_date as start_date,
        coalesce(condition_end_date, {{ add_days('condition_start_date', 1) }}) as end_date
    from condition_occurrence
    where
        condition_concept_id in (
            select gastrointestinal_haemorrhage_concepts.concept_id
            from gastrointestinal_haemorrhage_concepts
        )

),

-- Each event of a person; without observation dates where not observed as asked.
recorded_events as (

    select
        gastrointestinal_haemorrhage_conditions.person_id,
        gastrointestinal_haemorrhage_conditions.start_date,
        gastrointestinal_haemorrhage_conditions.end_date,
        observation_period.observation_period_start_date as observation_start_date,
        observation_period.observation_period_end_date as observation_end_date,
        row_number() over (
            partition by gastrointestinal_haemorrhage_conditions.person_id
            order by
                gastrointestinal_haemorrhage_conditions.start_date,
                gastrointestinal_haemorrhage_conditions.event_id
        ) as entry_number
    from gastrointestinal_haemorrhage_conditions
    left join observation_period
        on
            gastrointestinal_haemorrhage_conditions.person_id = observation_period.person_id
            and gastrointestinal_haemorrhage_conditions.start_date
            >= observation_period.observation_period_start_date
            and gastrointestinal_haemorrhage_conditions.start_date
            <= observation_period.observation_period_end_date
    where gastrointestinal_haemorrhage_conditions.person_id is not null

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
