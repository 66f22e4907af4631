-- One row for each table of the contracts, saying whether the CDM has it.
with

source as (

    {{ present_tables() }}

),

final as (

    select
        table_name,
        is_present
    from source

)

select * from final
