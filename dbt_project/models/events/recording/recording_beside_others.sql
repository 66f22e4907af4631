-- One row for each measure of recording, attribute and group: what is recorded of it, and what would be at
-- the rates of everybody else.
--
-- Others are held against it at the group's own mix of age, sex, calendar year and of those observed for a
-- year before it (indirect standardisation: Breslow and Day 1987, Statistical Methods in Cancer Research
-- II, pp. 65-69). Where nobody else is alike nothing is compared. Squares are for the variance between
-- people, not records (a ratio estimator's: Cochran 1977, Sampling Techniques, 6.4).
{% set sums = ['looked_at', 'recorded', 'recorded_squared', 'recorded_by_looked_at', 'looked_at_squared'] %}
with

recording_stratum as (

    select * from {{ ref('recording_stratum') }}

),

beside_others as (

    select
        *,
        {% for sum in sums -%}
        sum({{ sum }}) over others - {{ sum }} as {{ sum }}_of_others,
        {% endfor -%}
        looked_at_of_others > 1e-9 as is_comparable,
        case
            when looked_at_of_others > 1e-9 then recorded_of_others / looked_at_of_others
        end as rate_of_others
    from recording_stratum
    window others as (
        partition by
            measure, attribute, calendar_year, is_settled, stratum_sex, stratum_age_band
    )

),

final as (

    select
        basis,
        measure,
        title,
        attribute,
        group_name,
        sum(looked_at) as looked_at,
        sum(recorded) as recorded,
        sum(looked_at) filter (where is_comparable) as compared_looked_at,
        sum(recorded) filter (where is_comparable) as compared_recorded,
        sum(rate_of_others * looked_at) as expected,
        sum(recorded_squared) filter (where is_comparable) as squares,
        sum(rate_of_others * recorded_by_looked_at) as products,
        sum(rate_of_others * rate_of_others * looked_at_squared) as expected_squares,
        sum(
            power(looked_at / looked_at_of_others, 2) * (
                recorded_squared_of_others
                - 2 * rate_of_others * recorded_by_looked_at_of_others
                + power(rate_of_others, 2) * looked_at_squared_of_others
            )
        ) filter (where is_comparable) as variance_of_expected
    from beside_others
    group by basis, measure, title, attribute, group_name

)

select * from final
