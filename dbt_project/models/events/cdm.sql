-- One row for each CDM, and there is one: what it is, whom it holds, which days it covers, what it lacks.
with

cdm_source as (

    select * from {{ ref('stg_omop__cdm_source') }}

),

landed_table as (

    select * from {{ ref('stg_omop__landed_table') }}

),

person as (

    select * from {{ ref('person') }}

),

observation_period as (

    select * from {{ ref('observation_period') }}

),

described as (

    select
        coalesce(min(coalesce(cdm_source_name, cdm_source_abbreviation)), 'Unnamed CDM')
            as cdm_name,
        min(cdm_version) as cdm_version
    from cdm_source

),

counted as (

    select count(*) as n_people
    from person

),

observed as (

    select
        min(start_day) as first_day,
        max(end_day) as last_complete_day
    from observation_period

),

lacking as (

    select coalesce({{ comma_list('table_name') }}, '') as missing_tables
    from landed_table
    where not is_present

),

final as (

    select
        described.cdm_name,
        described.cdm_version,
        counted.n_people,
        observed.first_day,
        observed.last_complete_day,
        lacking.missing_tables
    from described
    cross join counted
    cross join observed
    cross join lacking

)

select * from final
