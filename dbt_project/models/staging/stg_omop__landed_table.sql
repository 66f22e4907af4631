-- One row for each table of the contracts, saying whether the CDM has it.
with

source as (

    select * from {{ source('landing', 'landed_table') }}

),

final as (

    select
        table_name,
        is_present
    from source

)

select * from final
