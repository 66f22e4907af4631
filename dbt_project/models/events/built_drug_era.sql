-- One row for each person, drug concept set and era that we build from the person's exposures.
-- Exposures with at most 30 days from the end of one to the start of the next are one era. An exposure
-- without an end lasts its days of supply, or one day.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

drug_exposure as (

    select * from {{ ref('stg_omop__drug_exposure') }}

),

concept_set_members as (

    select * from {{ ref('concept_set_members') }}

),

drug_sets as (

    select distinct concept_set
    from {{ ref('concept_set') }}
    where domain = 'drug'

),

exposures as (

    select
        drug_exposure.person_id,
        concept_set_members.concept_set,
        {{ to_day('drug_exposure.drug_exposure_start_date') }} as start_day,
        {{ to_day('drug_exposure.drug_exposure_end_date') }} as recorded_end_day,
        greatest(coalesce(drug_exposure.days_supply, 1), 1) as days_supply
    from drug_exposure
    inner join concept_set_members
        on drug_exposure.drug_concept_id = concept_set_members.concept_id
    inner join drug_sets
        on concept_set_members.concept_set = drug_sets.concept_set
    where
        drug_exposure.person_id in (select person.person_id from person)
        and drug_exposure.drug_exposure_start_date is not null

),

exposures_with_end as (

    select
        person_id,
        concept_set,
        start_day,
        greatest(start_day, coalesce(recorded_end_day, start_day + days_supply - 1)) as end_day
    from exposures

),

exposures_in_order as (

    select
        person_id,
        concept_set,
        start_day,
        end_day,
        max(end_day) over (
            partition by person_id, concept_set
            order by start_day, end_day
            rows between unbounded preceding and 1 preceding
        ) as era_so_far_ends
    from exposures_with_end

),

exposures_of_eras as (

    select
        person_id,
        concept_set,
        start_day,
        end_day,
        sum(
            case when start_day - era_so_far_ends <= {{ var('era_gap_days') }} then 0 else 1 end
        ) over (
            partition by person_id, concept_set
            order by start_day, end_day
            rows between unbounded preceding and current row
        ) as era_number
    from exposures_in_order

),

final as (

    select
        person_id,
        concept_set,
        min(start_day) as start_day,
        max(end_day) as end_day
    from exposures_of_eras
    group by person_id, concept_set, era_number

)

select * from final
