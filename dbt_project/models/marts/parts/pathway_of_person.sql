-- One row for each study and person of its target: the pathway, as groups may be told of it.
with

person_pathway as (

    select * from {{ source('results', 'person_pathway') }}

),

shown_pathway as (

    select * from {{ source('results', 'shown_pathway') }}

),

final as (

    select distinct
        person_pathway.study,
        person_pathway.compat,
        person_pathway.target_cohort,
        person_pathway.person_id,
        coalesce(shown_pathway.pathway_in_groups, 'Other pathways') as pathway
    from person_pathway
    left join shown_pathway
        on
            person_pathway.study = shown_pathway.study
            and person_pathway.pathway = shown_pathway.pathway

)

select * from final
