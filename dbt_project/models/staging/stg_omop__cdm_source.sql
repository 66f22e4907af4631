-- One row for each source of the CDM.
with

source as (

    select * from {{ source('omop', 'cdm_source') }}

),

final as (

    select
        cdm_source_name,
        cdm_source_abbreviation,
        cdm_version
    from source

)

select * from final
