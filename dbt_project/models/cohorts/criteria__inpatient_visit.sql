-- One row for each inpatient visit of a known person, with what the rules say of it.
with

person as (

    select * from {{ ref('stg_omop__person') }}

),

visit_occurrence as (

    select * from {{ ref('stg_omop__visit_occurrence') }}

),

concept_set_members as (

    select * from {{ ref('concept_set_members') }}

),

inpatient_visits as (

    select
        visit_occurrence.visit_occurrence_id,
        visit_occurrence.person_id,
        visit_occurrence.visit_start_date as start_date,
        visit_occurrence.visit_end_date as end_date,
        visit_occurrence.discharged_to_concept_id,
        coalesce(visit_occurrence.visit_start_date <= visit_occurrence.visit_end_date, false)
            as is_in_order
    from visit_occurrence
    inner join concept_set_members
        on
            visit_occurrence.visit_concept_id = concept_set_members.concept_id
            and concept_set_members.concept_set = 'inpatient_visit'
    where visit_occurrence.person_id in (select person.person_id from person)

),

final as (

    select
        visit_occurrence_id,
        person_id,
        start_date,
        end_date,
        discharged_to_concept_id,
        is_in_order,
        case when is_in_order then 1 else 0 end as n_rules_passed,
        row_number() over (
            partition by person_id
            order by is_in_order desc, start_date asc, end_date asc, visit_occurrence_id asc
        ) = 1 as is_best_event
    from inpatient_visits

)

select * from final
