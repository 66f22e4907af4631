-- One row for each span of time in which a plan of a payer covers a person.
with

source as (

    {{ as_contracted('payer_plan_period') }}

),

final as (

    select
        payer_plan_period_id,
        person_id,
        payer_plan_period_start_date,
        payer_plan_period_end_date,
        payer_concept_id,
        payer_source_concept_id,
        plan_concept_id,
        plan_source_concept_id,
        sponsor_concept_id,
        sponsor_source_concept_id,
        stop_reason_concept_id,
        stop_reason_source_concept_id
    from source

)

select * from final
