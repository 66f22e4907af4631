-- One row for each measure of recording, attribute and group of people, beside everybody else; true counts,
-- for no reader outside. When the two are told apart: recording_limits.sql among the macros.
with

recording_beside_others as (

    select * from {{ ref('recording_beside_others') }}

),

recording_group as (

    select * from {{ ref('recording_group') }}

),

people_recorded as (

    select * from {{ ref('people_recorded') }}

),

with_sizes as (

    select
        recording_beside_others.*,
        recording_group.n_people,
        recording_group.n_others,
        coalesce(people_recorded.n_people_recorded, 0) as n_people_recorded
    from recording_beside_others
    inner join recording_group
        on
            recording_beside_others.attribute = recording_group.attribute
            and recording_beside_others.group_name = recording_group.group_name
    left join people_recorded
        on
            recording_beside_others.measure = people_recorded.measure
            and recording_beside_others.attribute = people_recorded.attribute
            and recording_beside_others.group_name = people_recorded.group_name

),

compared as (

    select
        *,
        basis = 'observed years' or measure = 'observed_years' as is_rate,
        -- The old and the young, women and men have different needs: more records of some are no finding.
        attribute = 'overall'
        or (attribute in ('age_band', 'sex') and (is_rate or measure like 'input_%')) as is_not_compared,
        not is_not_compared
        and least(n_people, n_others) >= {{ recording_fewest() }}
        and greatest(expected, compared_recorded, 0) >= {{ recording_fewest() }} as is_judged,
        compared_recorded / nullif(expected, 0) as ratio,
        (compared_recorded - expected) / nullif(compared_looked_at, 0) as difference,
        {{ recording_difference('is_rate', 'ratio', 'difference') }} as difference_in_words,
        power(compared_recorded - expected, 2) / nullif(
            greatest(squares - 2 * products + expected_squares, 0)
            + greatest(variance_of_expected, 0), 0
        ) as z_squared,
        sqrt(
            greatest(squares - 2 * ratio * products + ratio * ratio * expected_squares, 0)
            / nullif(power(compared_recorded, 2), 0)
            + greatest(variance_of_expected, 0) / nullif(power(expected, 2), 0)
        ) as ratio_error
    from with_sizes

),

with_verdict as (

    select
        *,
        case
            when is_not_compared then 'not compared'
            when not is_judged then 'too few to judge'
            when not {{ recording_beyond_chance('z_squared', 'is_judged') }} then 'like others'
            when difference_in_words = 'alike' then 'like others'
            else difference_in_words || ' than others'
        end as verdict
    from compared

),

final as (

    select
        basis,
        measure,
        title,
        attribute,
        group_name,
        n_people,
        n_people_recorded,
        looked_at,
        recorded,
        expected / nullif(compared_looked_at, 0) as value_of_others,
        ratio,
        ratio * exp(-1.959964 * ratio_error) as ratio_lower,
        ratio * exp(1.959964 * ratio_error) as ratio_upper,
        z_squared,
        is_rate,
        verdict
    from with_verdict

)

select * from final
