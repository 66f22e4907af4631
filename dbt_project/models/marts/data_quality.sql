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
        message,
        is_past_limit,
        case
            when n_rows > 0 and n_people is null then 1
            when n_people > 0 then least(n_people, {{ smallest_cell() }})
        end as n_people_at_least,
        {{ people_in_smaller_part() }} as n_people_in_smaller_part
    from quality_check

)

select * from final
