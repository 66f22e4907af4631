-- One row for each pathway study and person of its target: who they are on the day they first enter it.
-- Payer and site are 'Unknown' where they are not recorded.
with

person_of_pathway_study as (

    select * from {{ ref('person_of_pathway_study') }}

),

person as (

    select * from {{ ref('person') }}

),

stg_care_site as (

    select * from {{ ref('stg_omop__care_site') }}

),

payer_at_index as (

    select * from {{ ref('payer_at_index') }}

),

care_site as (

    select
        care_site_id,
        min(care_site_name) as care_site_name
    from stg_care_site
    group by care_site_id

),

final as (

    select
        person_of_pathway_study.study,
        person_of_pathway_study.person_id,
        person.sex,
        person.race,
        person.ethnicity,
        {{ age_band('extract(year from person_of_pathway_study.index_date) - person.year_of_birth') }}
            as age_band,
        coalesce(payer_at_index.payer, 'Unknown') as payer,
        coalesce(
            care_site.care_site_name, 'Site ' || cast(person.care_site_id as varchar), 'Unknown'
        ) as site,
        cast(extract(year from person_of_pathway_study.index_date) as varchar) as index_year
    from person_of_pathway_study
    inner join person
        on person_of_pathway_study.person_id = person.person_id
    left join payer_at_index
        on
            person_of_pathway_study.study = payer_at_index.study
            and person_of_pathway_study.person_id = payer_at_index.person_id
    left join care_site
        on person.care_site_id = care_site.care_site_id

)

select * from final
