-- One row for each study and check of OHDSI's data quality.
-- A check that passed tells no number. Of one that failed the share follows from the rounded count.
with

ohdsi_check as (

    select * from {{ source('results', 'ohdsi_check') }}

),

failed as (

    select
        *,
        {{ smallest_cell() }} * floor((n_violated + floor({{ smallest_cell() }} / 2)) / {{ smallest_cell() }})
            as n_violated_about
    from ohdsi_check
    where status = 'failed'

),

final as (

    select
        ohdsi_check.run_id,
        ohdsi_check.study,
        ohdsi_check.check_id,
        ohdsi_check.check_name,
        ohdsi_check.check_level,
        ohdsi_check.table_name,
        ohdsi_check.column_name,
        ohdsi_check.concept_name,
        ohdsi_check.rule,
        ohdsi_check.severity,
        ohdsi_check.category,
        failed.n_violated,
        {{ smaller_part(['failed.n_violated', 'failed.n_rows - failed.n_violated']) }}
            as n_rows_in_smaller_part,
        cast(
            round(least(failed.n_violated_about / nullif(failed.n_rows, 0), 1), 3) as double
        ) as share,
        ohdsi_check.threshold,
        ohdsi_check.limit_share,
        ohdsi_check.status,
        ohdsi_check.studies
    from ohdsi_check
    left join failed
        on
            ohdsi_check.study = failed.study
            and ohdsi_check.check_id = failed.check_id

)

select * from final
