-- One row for each study and treatment pathway.
with

person_pathway as (

    select * from {{ source('results', 'person_pathway') }}

),

people_of_study as (

    select
        study,
        max(target_cohort) as target_cohort,
        count(distinct person_id) as n_people_total
    from person_pathway
    group by study

),

people_of_pathway as (

    select
        study,
        pathway,
        max(n_steps) as n_steps,
        count(distinct person_id) as n_people
    from person_pathway
    group by study, pathway

),

final as (

    select
        people_of_pathway.study,
        people_of_study.target_cohort,
        people_of_pathway.pathway,
        people_of_pathway.n_steps,
        people_of_pathway.n_people,
        people_of_study.n_people_total,
        cast(people_of_pathway.n_people as double) / people_of_study.n_people_total as share
    from people_of_pathway
    inner join people_of_study
        on people_of_pathway.study = people_of_study.study

)

select * from final
