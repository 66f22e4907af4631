-- One row for each study, attribute and group of its population.
with

study_population as (

    select * from {{ source('results', 'study_population') }}

),

study_attrition as (

    select * from {{ source('results', 'study_attrition') }}

),

person as (

    select * from {{ ref('person') }}

),

cohorts_of_studies as (

    select distinct
        study,
        target_cohort,
        outcome_cohort
    from study_attrition

),

population_with_groups as (

    select
        study_population.study,
        coalesce(cohorts_of_studies.target_cohort, '') as target_cohort,
        coalesce(cohorts_of_studies.outcome_cohort, '') as outcome_cohort,
        study_population.person_id,
        study_population.had_outcome,
        person.sex,
        person.race,
        person.ethnicity,
        {{ age_band('extract(year from study_population.index_date) - person.year_of_birth') }}
            as age_band,
        cast(extract(year from study_population.index_date) as varchar) as index_year
    from study_population
    left join cohorts_of_studies
        on study_population.study = cohorts_of_studies.study
    inner join person
        on study_population.person_id = person.person_id

),

rows_by_attribute as (

    {% for attribute, group_name in [
        ('overall', "'Everyone'"),
        ('sex', 'sex'),
        ('age_band', 'age_band'),
        ('race', 'race'),
        ('ethnicity', 'ethnicity'),
        ('index_year', 'index_year'),
    ] -%}
    select
        study,
        target_cohort,
        outcome_cohort,
        person_id,
        had_outcome,
        '{{ attribute }}' as attribute,
        {{ group_name }} as group_name
    from population_with_groups
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        study,
        target_cohort,
        outcome_cohort,
        attribute,
        group_name,
        count(distinct person_id) as n_people,
        count(*) as n_rows,
        count(case when had_outcome then 1 end) as n_outcomes,
        count(distinct case when had_outcome then person_id end) as n_people_with_outcome,
        cast(count(case when had_outcome then 1 end) as double) / count(*) as outcome_rate
    from rows_by_attribute
    group by study, target_cohort, outcome_cohort, attribute, group_name

)

select * from final
