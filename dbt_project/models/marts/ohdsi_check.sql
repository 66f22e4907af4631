-- One row for each study and check of OHDSI's data quality.
-- Only a check that failed or is past its limit tells numbers; its share follows from rounded counts.
with

ohdsi_check as (

    select * from {{ source('results', 'ohdsi_check') }}

),

told as (

    select
        *,
        {{ to_nearest_cell('n_violated') }} as n_violated_about,
        {{ to_nearest_cell('n_rows') }} as n_rows_about
    from ohdsi_check
    where (status = 'failed' or is_past_limit) and n_rows > 0

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
        told.n_violated,
        {{ people_in_smaller_part(of='told.') }} as n_people_in_smaller_part,
        -- `least` passes over a null: of a check that tells nothing it would say 1.
        case
            when told.n_rows_about > 0
                then cast(round(least(told.n_violated_about / told.n_rows_about, 1), 3) as double)
        end as share,
        ohdsi_check.threshold,
        ohdsi_check.limit_share,
        ohdsi_check.status,
        ohdsi_check.is_past_limit,
        ohdsi_check.studies
    from ohdsi_check
    left join told
        on
            ohdsi_check.study = told.study
            and ohdsi_check.check_id = told.check_id

)

select * from final
