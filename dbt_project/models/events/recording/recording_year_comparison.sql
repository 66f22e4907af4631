-- One row for each measure of recording and calendar year, beside the year before it; true counts, for no
-- reader outside. When a year jumps: recording_limits.sql among the macros. The variance is that of a ratio
-- estimator between people (Cochran 1977, Sampling Techniques, 6.4), the people of the two years as if they
-- were others: mostly they are the same, so that chance is not underrated.
with

recording_year as (

    select * from {{ ref('recording_year') }}

),

with_variances as (

    select
        *,
        basis = 'observed years' as is_rate,
        recorded / nullif(looked_at, 0) as rate,
        greatest(
            recorded_squared - 2 * rate * recorded_by_looked_at + rate * rate * looked_at_squared,
            0
        ) / nullif(looked_at * looked_at, 0) as variance
    from recording_year

),

beside_the_year_before as (

    select
        *,
        lag(n_people) over in_order as n_people_before,
        lag(calendar_year) over in_order as year_before,
        lag(recorded) over in_order as recorded_before,
        lag(rate) over in_order as rate_before,
        lag(variance) over in_order as variance_before
    from with_variances
    window in_order as (
        partition by measure
        order by calendar_year
    )

),

compared as (

    select
        *,
        rate / nullif(rate_before, 0) as ratio,
        rate - rate_before as difference,
        power(rate - rate_before, 2) / nullif(variance + variance_before, 0) as z_squared,
        year_before = calendar_year - 1
        and least(n_people, n_people_before) >= {{ recording_fewest() }}
        and greatest(recorded, recorded_before) >= {{ recording_fewest() }}
        and rate is not null
        and rate_before is not null as is_judged,
        {{ recording_difference('is_rate', 'ratio', 'difference') }} as difference_in_words
    from beside_the_year_before

),

with_verdict as (

    select
        *,
        case
            when year_before is null then 'first year'
            when not is_judged then 'too few to judge'
            when rate = rate_before then 'no jump'
            when not {{ recording_beyond_chance('z_squared', 'is_judged') }} then 'no jump'
            when difference_in_words = 'less' then 'jump down'
            when difference_in_words = 'more' then 'jump up'
            else 'no jump'
        end as verdict
    from compared

),

final as (

    select
        basis,
        measure,
        title,
        calendar_year,
        n_people,
        n_people_recorded,
        looked_at,
        recorded,
        rate,
        ratio,
        z_squared,
        is_rate,
        verdict
    from with_verdict

)

select * from final
