-- One row for each study and check of a contract.
with

quality_check as (

    select * from {{ source('results', 'quality_check') }}

),

final as (

    select
        run_id,
        study,
        check_id,
        table_name,
        column_name,
        rule,
        severity,
        n_violated,
        n_rows,
        share,
        limit_share,
        status,
        message
    from quality_check

)

select * from final
