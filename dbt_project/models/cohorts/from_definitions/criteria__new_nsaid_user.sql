-- One row for each event that may open the cohort, with the rules it passes: First ever celecoxib
-- or diclofenac.
-- Written by `catchment cohorts add` from cohort__new_nsaid_user.json: change that, not this.
with

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

drug_exposure as (

    select * from {{ ref('stg_omop__drug_exposure') }}

),

celecoxib_or_diclofenac_concepts as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'celecoxib_and_1_other__3c671a50'

),

numbered_celecoxib_or_diclofenac_drug_exposures as (

    select
        *,
        row_number() over (
            partition by person_id
            order by drug_exposure_start_date, drug_exposure_id
        ) as occurrence_number
    from drug_exposure
    where
        drug_concept_id in (
            select celecoxib_or_diclofenac_concepts.concept_id from celecoxib_or_diclofenac_concepts
        )

),

first_celecoxib_or_diclofenac_drug_exposures as (

    select
        person_id,
        drug_exposure_id as event_id,
        drug_exposure_start_date as start_date,
        coalesce(
            drug_exposure_end_date,
            {{ add_days('drug_exposure_start_date', 'days_supply') }},
            {{ add_days('drug_exposure_start_date', 1) }}
        ) as end_date
    from numbered_celecoxib_or_diclofenac_drug_exposures
    where occurrence_number = 1

),

-- Each event of a person; without observation dates where not observed as asked.
recorded_events as (

    select
        first_celecoxib_or_diclofenac_drug_exposures.person_id,
        first_celecoxib_or_diclofenac_drug_exposures.start_date,
        first_celecoxib_or_diclofenac_drug_exposures.end_date,
        observation_period.observation_period_start_date as observation_start_date,
        observation_period.observation_period_end_date as observation_end_date,
        row_number() over (
            partition by first_celecoxib_or_diclofenac_drug_exposures.person_id
            order by
                first_celecoxib_or_diclofenac_drug_exposures.start_date,
                first_celecoxib_or_diclofenac_drug_exposures.event_id
        ) as entry_number
    from first_celecoxib_or_diclofenac_drug_exposures
    left join observation_period
        on
            first_celecoxib_or_diclofenac_drug_exposures.person_id = observation_period.person_id
            and first_celecoxib_or_diclofenac_drug_exposures.start_date
            >= observation_period.observation_period_start_date
            and first_celecoxib_or_diclofenac_drug_exposures.start_date
            <= observation_period.observation_period_end_date
    where first_celecoxib_or_diclofenac_drug_exposures.person_id is not null

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
