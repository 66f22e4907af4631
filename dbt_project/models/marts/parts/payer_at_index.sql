-- One row for each pathway study and person whose payer on the index date is known.
-- Of several plans the one that began last.
with

person_of_pathway_study as (

    select * from {{ ref('person_of_pathway_study') }}

),

payer_plan_period as (

    select * from {{ ref('stg_omop__payer_plan_period') }}

),

concept as (

    select * from {{ ref('concept') }}

),

plan_at_index as (

    select
        person_of_pathway_study.study,
        person_of_pathway_study.person_id,
        coalesce(
            concept.concept_name, 'Payer ' || cast(payer_plan_period.payer_concept_id as varchar)
        ) as payer,
        row_number() over (
            partition by person_of_pathway_study.study, person_of_pathway_study.person_id
            order by
                payer_plan_period.payer_plan_period_start_date desc,
                payer_plan_period.payer_plan_period_id asc
        ) as plan_number
    from person_of_pathway_study
    inner join payer_plan_period
        on
            person_of_pathway_study.person_id = payer_plan_period.person_id
            and person_of_pathway_study.index_date >= payer_plan_period.payer_plan_period_start_date
            and person_of_pathway_study.index_date <= payer_plan_period.payer_plan_period_end_date
            and payer_plan_period.payer_concept_id != 0
    left join concept
        on payer_plan_period.payer_concept_id = concept.concept_id

),

final as (

    select
        study,
        person_id,
        payer
    from plan_at_index
    where plan_number = 1

)

select * from final
