-- One row for each part of a visit, such as a stay on one ward.
with

source as (

    {{ as_contracted('visit_detail') }}

),

final as (

    select
        visit_detail_id,
        person_id,
        visit_detail_concept_id,
        visit_detail_start_date,
        visit_detail_end_date,
        visit_detail_type_concept_id,
        provider_id,
        care_site_id,
        visit_detail_source_concept_id,
        visit_occurrence_id
    from source

)

select * from final
