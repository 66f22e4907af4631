-- One row for each source of the CDM.
with

source as (

    {{ as_contracted('cdm_source') }}

),

final as (

    select
        cdm_source_name,
        cdm_source_abbreviation,
        source_release_date,
        cdm_release_date,
        cdm_version,
        vocabulary_version
    from source

)

select * from final
