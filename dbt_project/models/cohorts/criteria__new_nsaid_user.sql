-- One row for each person's first ever exposure to celecoxib or diclofenac, with what the rules say of it.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

drug_exposure as (

    select * from {{ ref('stg_omop__drug_exposure') }}

),

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

nsaid_new as (

    select concept_id
    from {{ ref('concept_set_members') }}
    where concept_set = 'nsaid_new'

),

first_exposure as (

    select
        person_id,
        min(drug_exposure_start_date) as cohort_start_date
    from drug_exposure
    where
        drug_concept_id in (select nsaid_new.concept_id from nsaid_new)
        and person_id in (select person.person_id from person)
        and drug_exposure_start_date is not null
    group by person_id

),

final as (

    select
        first_exposure.person_id,
        first_exposure.cohort_start_date,
        coalesce(
            max(observation_period.observation_period_end_date), first_exposure.cohort_start_date
        ) as cohort_end_date,
        count(observation_period.person_id) > 0 as is_inside_observation
    from first_exposure
    left join observation_period
        on
            first_exposure.person_id = observation_period.person_id
            and first_exposure.cohort_start_date
            between observation_period.observation_period_start_date
            and observation_period.observation_period_end_date
    group by first_exposure.person_id, first_exposure.cohort_start_date

)

select * from final
