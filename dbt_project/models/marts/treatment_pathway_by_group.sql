-- One row for each study, attribute, group and one of the commonest treatment pathways.
-- A person is in the group of the day on which they first enter the target; payer and site only if recorded.
with

pathway_of_person as (

    select * from {{ ref('pathway_of_person') }}

),

group_of_person as (

    select * from {{ ref('group_of_person') }}

),

people_of_group as (

    select
        study,
        attribute,
        group_name,
        count(*) as n_people_total
    from group_of_person
    group by study, attribute, group_name

),

pathway_of_study as (

    select distinct
        study,
        compat,
        target_cohort,
        pathway
    from pathway_of_person

),

people_on_pathway as (

    select
        group_of_person.study,
        group_of_person.attribute,
        group_of_person.group_name,
        pathway_of_person.pathway,
        count(*) as n_people
    from group_of_person
    inner join pathway_of_person
        on
            group_of_person.study = pathway_of_person.study
            and group_of_person.person_id = pathway_of_person.person_id
    group by
        group_of_person.study,
        group_of_person.attribute,
        group_of_person.group_name,
        pathway_of_person.pathway

),

final as (

    select
        people_of_group.study,
        pathway_of_study.compat,
        pathway_of_study.target_cohort,
        people_of_group.attribute,
        people_of_group.group_name,
        pathway_of_study.pathway,
        coalesce(people_on_pathway.n_people, 0) as n_people,
        people_of_group.n_people_total,
        cast(coalesce(people_on_pathway.n_people, 0) as double) / people_of_group.n_people_total
            as share
    from people_of_group
    inner join pathway_of_study
        on people_of_group.study = pathway_of_study.study
    left join people_on_pathway
        on
            people_of_group.study = people_on_pathway.study
            and people_of_group.attribute = people_on_pathway.attribute
            and people_of_group.group_name = people_on_pathway.group_name
            and pathway_of_study.pathway = people_on_pathway.pathway

)

select * from final
