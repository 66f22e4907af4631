-- One row for each measure of recording and calendar year: what is recorded in it, and whether that jumps.
--
-- Rates tell who has a record; shares also how many people, or records, are without. A row of which one of
-- these is small is withheld, and a share of the records of few people.
with

recording_year_comparison as (

    select * from {{ ref('recording_year_comparison') }}

),

with_parts as (

    select
        *,
        case basis
            when 'records' then cast(round(recorded) as bigint)
            else n_people_recorded
        end as n_with,
        case basis
            when 'people' then n_people - n_people_recorded
            when 'records' then cast(round(looked_at - recorded) as bigint)
            else 0
        end as n_without
    from recording_year_comparison

),

with_smallest_part as (

    select
        *,
        {{ smaller_part(['n_people', 'n_people_recorded', 'n_with', 'n_without']) }}
            as n_people_in_smallest_part
    from with_parts

),

-- A change tells of the year before it, too: where that one is withheld nothing is said of the change.
told as (

    select
        *,
        coalesce(
            lag(n_people_in_smallest_part) over (partition by measure order by calendar_year)
            < {{ smallest_cell() }},
            false
        ) as is_withheld_before
    from with_smallest_part

),

final as (

    select
        measure,
        title,
        case basis
            when 'people' then 'Completeness'
            when 'calendar years' then 'Observation'
            when 'observed years' then 'Density'
            else 'Plausibility'
        end as section,
        case basis
            when 'people' then 'share of people'
            when 'calendar years' then 'share of the year'
            when 'observed years' then 'records a person-year'
            else 'share of records'
        end as unit,
        cast(calendar_year as integer) as calendar_year,
        {{ size_in_words('n_people') }} as size,
        n_people_in_smallest_part,
        cast(round(rate, case basis when 'people' then 2 else 3 end) as double) as value,
        cast(
            case
                when is_rate and not is_withheld_before then round(ratio, 2)
            end as double
        ) as ratio_to_year_before,
        case when is_withheld_before then 'too few to judge' else verdict end as verdict
    from told

)

select * from final
