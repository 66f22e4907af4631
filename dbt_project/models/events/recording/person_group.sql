-- One row for each person, with the groups by which recording is compared.
-- The age is that in the last observed year. Care sites beyond the twelve with most people are one group.
{% set most_care_sites = 12 %}
with

person as (

    select * from {{ ref('person') }}

),

person_year as (

    select * from {{ ref('person_year') }}

),

observed as (

    select
        person_id,
        count(*) as n_years,
        max(calendar_year) as last_year,
        sum(observed_years) as observed_years
    from person_year
    group by person_id

),

sites as (

    select
        care_site_id,
        row_number() over (order by count(*) desc, care_site_id asc) as place_by_people
    from person
    where care_site_id is not null
    group by care_site_id

),

final as (

    select
        person.person_id,
        person.sex,
        {{ age_band('observed.last_year - person.year_of_birth') }} as age_band,
        person.race,
        person.ethnicity,
        case
            when sites.care_site_id is null then 'Unknown'
            when sites.place_by_people <= {{ most_care_sites }}
                then 'Care site ' || cast(sites.care_site_id as varchar)
            else 'Other care sites'
        end as care_site,
        person.year_of_birth is not null as has_year_of_birth,
        coalesce(observed.n_years, 0) as n_years,
        coalesce(observed.observed_years, 0) as observed_years
    from person
    left join observed
        on person.person_id = observed.person_id
    left join sites
        on person.care_site_id = sites.care_site_id

)

select * from final
