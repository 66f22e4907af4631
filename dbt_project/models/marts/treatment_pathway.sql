-- One row for each study and treatment pathway.
-- Pathways that fewer people have than the smallest cell are counted together: they could point at one.
with

person_pathway as (

    select * from {{ source('results', 'person_pathway') }}

),

shown_pathway as (

    select * from {{ source('results', 'shown_pathway') }}

),

people_of_study as (

    select
        study,
        max(target_cohort) as target_cohort,
        max(compat) as compat,
        count(distinct person_id) as n_people_total
    from person_pathway
    group by study

),

named_pathway as (

    select
        person_pathway.study,
        person_pathway.person_id,
        coalesce(shown_pathway.pathway, 'Other pathways') as pathway,
        case when shown_pathway.pathway is not null then person_pathway.n_steps end as n_steps
    from person_pathway
    left join shown_pathway
        on
            person_pathway.study = shown_pathway.study
            and person_pathway.pathway = shown_pathway.pathway

),

people_of_pathway as (

    select
        study,
        pathway,
        max(n_steps) as n_steps,
        count(distinct person_id) as n_people
    from named_pathway
    group by study, pathway

),

final as (

    select
        people_of_pathway.study,
        people_of_study.compat,
        people_of_study.target_cohort,
        people_of_pathway.pathway,
        people_of_pathway.n_steps,
        people_of_pathway.n_people,
        people_of_study.n_people_total,
        cast(people_of_pathway.n_people as double) / people_of_study.n_people_total as share,
        coalesce(shown_pathway.counted_in, '') as counted_in
    from people_of_pathway
    inner join people_of_study
        on people_of_pathway.study = people_of_study.study
    left join shown_pathway
        on
            people_of_pathway.study = shown_pathway.study
            and people_of_pathway.pathway = shown_pathway.pathway

)

select * from final
