-- One row for each measure of recording, attribute and group of people: what is recorded of them, and of
-- others.
--
-- A share of people tells how many have a record and how many have none, a share of records how many of
-- these are as asked and how many are not, a rate who has a record at all; and records of few people are
-- theirs. Groups make up everyone: where a part of one is small, further groups go with it, the smallest
-- first, until one of those withheld could hold all that they hold together, but one for each other, and not
-- be small. Groups of fewer than 25 people are not told of; how many people another has is said in powers of
-- ten.
{% set fewest_people = 25 %}
with

recording_comparison as (

    select * from {{ ref('recording_comparison') }}

),

parts as (

    select
        *,
        case
            when basis = 'records' then cast(round(recorded) as bigint)
            else n_people_recorded
        end as n_with,
        case
            when basis = 'records' then cast(round(looked_at - recorded) as bigint)
            when is_rate then 0
            else n_people - n_people_recorded
        end as n_without
    from recording_comparison

),

small_parts as (

    select
        *,
        n_people < {{ fewest_people }}
        or (basis = 'records' and n_people_recorded between 1 and {{ smallest_cell() }} - 1)
        or n_with between 1 and {{ smallest_cell() }} - 1
        or n_without between 1 and {{ smallest_cell() }} - 1 as is_small
    from parts

),

smallest_first as (

    select
        *,
        row_number() over smallest as place,
        sum(n_with) over smallest as held_with,
        sum(n_without) over smallest as held_without,
        count(case when is_small then 1 end) over (partition by measure, attribute) as n_small
    from small_parts
    window smallest as (
        partition by measure, attribute
        order by is_small desc, n_people asc, group_name asc
        rows between unbounded preceding and current row
    )

),

withheld as (

    select
        *,
        n_small > 0 and place <= coalesce(
            min(
                case
                    when
                        place > 1
                        and place >= n_small
                        and (
                            held_with = 0
                            or held_with - place + 1 >= {{ smallest_cell() }}
                        )
                        and (
                            held_without = 0
                            or held_without - place + 1 >= {{ smallest_cell() }}
                        )
                        then place
                end
            ) over (partition by measure, attribute),
            {{ nobody() }}
        ) as is_withheld,
        case when basis = 'people' and not is_rate then 2 else 3 end as decimals
    from smallest_first

),

final as (

    select
        measure,
        title,
        case
            when measure = 'observed_years' then 'Observation'
            when basis = 'people' then 'Completeness'
            when basis = 'observed years' then 'Density'
            else 'Plausibility'
        end as section,
        case
            when measure = 'observed_years' then 'years a person'
            when basis = 'people' then 'share of people'
            when basis = 'observed years' then 'records a person-year'
            else 'share of records'
        end as unit,
        attribute,
        group_name,
        {{ size_in_words('n_people') }} as size,
        cast(case when is_withheld then 1 else {{ smallest_cell() }} end as bigint)
            as n_people_in_smallest_part,
        cast(round(recorded / nullif(looked_at, 0), decimals) as double) as value,
        cast(round(value_of_others, decimals) as double) as value_of_others,
        cast(case when is_rate then round(ratio, 2) end as double) as ratio,
        cast(case when is_rate then round(ratio_lower, 2) end as double) as ratio_lower,
        cast(case when is_rate then round(ratio_upper, 2) end as double) as ratio_upper,
        verdict
    from withheld

)

select * from final
