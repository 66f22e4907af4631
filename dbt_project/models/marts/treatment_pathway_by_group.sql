-- One row for each study, attribute, group and one of the commonest treatment pathways.
-- A person is in the group of the day on which they first enter the target; payer and site only if recorded.
with

person_pathway as (

    select * from {{ source('results', 'person_pathway') }}

),

shown_pathway as (

    select * from {{ source('results', 'shown_pathway') }}

),

person as (

    select * from {{ ref('person') }}

),

stg_care_site as (

    select * from {{ ref('stg_omop__care_site') }}

),

payer_plan_period as (

    select * from {{ ref('stg_omop__payer_plan_period') }}

),

concept as (

    select * from {{ ref('concept') }}

),

named_pathway as (

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

),

care_site as (

    select
        care_site_id,
        min(care_site_name) as care_site_name
    from stg_care_site
    group by care_site_id

),

person_of_study as (

    select distinct
        study,
        person_id,
        index_date
    from person_pathway

),

-- Of several plans on the index date the one that began last.
payer_at_index as (

    select
        person_of_study.study,
        person_of_study.person_id,
        coalesce(
            concept.concept_name, 'Payer ' || cast(payer_plan_period.payer_concept_id as varchar)
        ) as payer,
        row_number() over (
            partition by person_of_study.study, person_of_study.person_id
            order by
                payer_plan_period.payer_plan_period_start_date desc,
                payer_plan_period.payer_plan_period_id asc
        ) as plan_number
    from person_of_study
    inner join payer_plan_period
        on
            person_of_study.person_id = payer_plan_period.person_id
            and person_of_study.index_date >= payer_plan_period.payer_plan_period_start_date
            and person_of_study.index_date <= payer_plan_period.payer_plan_period_end_date
            and payer_plan_period.payer_concept_id != 0
    left join concept
        on payer_plan_period.payer_concept_id = concept.concept_id

),

person_at_index as (

    select
        person_of_study.study,
        person_of_study.person_id,
        person.sex,
        person.race,
        person.ethnicity,
        {{ age_band('extract(year from person_of_study.index_date) - person.year_of_birth') }}
            as age_band,
        coalesce(payer_at_index.payer, 'Unknown') as payer,
        coalesce(
            care_site.care_site_name, 'Site ' || cast(person.care_site_id as varchar), 'Unknown'
        ) as site,
        cast(extract(year from person_of_study.index_date) as varchar) as index_year
    from person_of_study
    inner join person
        on person_of_study.person_id = person.person_id
    left join payer_at_index
        on
            person_of_study.study = payer_at_index.study
            and person_of_study.person_id = payer_at_index.person_id
            and payer_at_index.plan_number = 1
    left join care_site
        on person.care_site_id = care_site.care_site_id

),

group_of_person as (

    {% for attribute, group_name in [
        ('overall', "'Everyone'"),
        ('age_band', 'age_band'),
        ('sex', 'sex'),
        ('race', 'race'),
        ('ethnicity', 'ethnicity'),
        ('payer', 'payer'),
        ('site', 'site'),
        ('index_year', 'index_year'),
    ] -%}
    select
        study,
        person_id,
        '{{ attribute }}' as attribute,
        {{ group_name }} as group_name
    from person_at_index
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

sized_group as (

    select
        study,
        attribute,
        group_name,
        row_number() over (
            partition by study, attribute
            order by count(*) desc, group_name
        ) as size_rank,
        max(case when group_name != 'Unknown' then 1 else 0 end) over (
            partition by study, attribute
        ) as is_recorded
    from group_of_person
    group by study, attribute, group_name

),

named_group as (

    select
        group_of_person.study,
        group_of_person.person_id,
        group_of_person.attribute,
        case
            when
                sized_group.size_rank <= 10
                or group_of_person.attribute not in ('payer', 'site', 'index_year')
                then group_of_person.group_name
            else 'Other'
        end as group_name
    from group_of_person
    inner join sized_group
        on
            group_of_person.study = sized_group.study
            and group_of_person.attribute = sized_group.attribute
            and group_of_person.group_name = sized_group.group_name
    where sized_group.is_recorded = 1 or group_of_person.attribute not in ('payer', 'site')

),

people_of_group as (

    select
        study,
        attribute,
        group_name,
        count(*) as n_people_total
    from named_group
    group by study, attribute, group_name

),

pathway_of_study as (

    select distinct
        study,
        compat,
        target_cohort,
        pathway
    from named_pathway

),

people_on_pathway as (

    select
        named_group.study,
        named_group.attribute,
        named_group.group_name,
        named_pathway.pathway,
        count(*) as n_people
    from named_group
    inner join named_pathway
        on
            named_group.study = named_pathway.study
            and named_group.person_id = named_pathway.person_id
    group by
        named_group.study, named_group.attribute, named_group.group_name, named_pathway.pathway

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
