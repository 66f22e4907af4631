-- One row for each cohort, rule of it, attribute and group that had anybody before the rule.
--
-- A rule is told to remove more of a group than of others where the difference of the two shares is at least
-- 10 percentage points and beyond chance: the square of the two-proportion z is at least 2 ln(n / 0.05) for
-- the n comparisons of the cohort. As P(|Z| >= z) <= exp(-z^2 / 2), that is Bonferroni's rule at 5 %, and a
-- little stricter. Both sides of a comparison need 25 people.
{% set fewest_people, least_difference, chance_of_an_alarm = 25, 0.10, 0.05 %}
with

cohort_rule_group_count as (

    select * from {{ ref('cohort_rule_group_count') }}

),

groups_with_everyone as (

    select
        *,
        cast(sum(n_people) over (partition by cohort_name, attribute, rule_number) as bigint)
            as n_people_everyone
    from cohort_rule_group_count

),

groups_before_and_after as (

    select
        *,
        first_value(n_people) over (
            partition by cohort_name, attribute, group_name
            order by rule_number
        ) as n_people_found,
        coalesce(
            lag(n_people) over (
                partition by cohort_name, attribute, group_name
                order by rule_number
            ), n_people
        ) as n_people_before,
        coalesce(
            lag(n_people_everyone) over (
                partition by cohort_name, attribute, group_name
                order by rule_number
            ), n_people_everyone
        ) as n_people_everyone_before
    from groups_with_everyone

),

shares_removed as (

    select
        *,
        n_people_everyone_before - n_people_before as n_others_before,
        n_people_everyone_before - n_people_everyone as n_removed,
        1 - cast(n_people as double) / n_people_before as share_removed,
        1 - cast(n_people_everyone - n_people as double)
        / nullif(n_people_everyone_before - n_people_before, 0) as share_removed_of_others
    from groups_before_and_after
    where n_people_before > 0

),

comparisons as (

    select
        *,
        rule_number > 1
        and n_people_before >= {{ fewest_people }}
        and n_others_before >= {{ fewest_people }} as is_judged,
        share_removed - share_removed_of_others as difference,
        -- The square of z, with the share removed of everyone as the share that both would have.
        power(share_removed - share_removed_of_others, 2)
        * n_people_before * n_others_before * n_people_everyone_before
        / nullif(cast(n_removed as double) * n_people_everyone, 0) as z_squared
    from shares_removed

),

judged_comparisons as (

    select
        *,
        sum(case when is_judged then 1 else 0 end) over (partition by cohort_name)
            as n_comparisons
    from comparisons

),

final as (

    select
        cohort_name,
        built_from,
        rule_number,
        cast(greatest(rule_number - 1, 1) as integer) as previous_rule,
        rule,
        attribute,
        group_name,
        n_rows,
        n_people_found,
        n_people_before,
        n_people,
        n_people_everyone_before,
        n_people_everyone,
        cast(n_people as double) / n_people_found as share_left,
        case when rule_number > 1 then share_removed end as share_removed,
        case when rule_number > 1 then share_removed_of_others end as share_removed_of_others,
        case when rule_number > 1 then difference end as difference,
        case
            when rule_number = 1 then 'first rule'
            when not is_judged then 'too few to judge'
            when
                abs(difference) < {{ least_difference }}
                or coalesce(z_squared, 0) < 2 * ln(n_comparisons / {{ chance_of_an_alarm }})
                then 'within limit'
            when difference > 0 then 'more than others'
            else 'less than others'
        end as verdict
    from judged_comparisons

)

select * from final
