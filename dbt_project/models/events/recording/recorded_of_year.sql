-- One row for each measure of recording, calendar year and person with a record in it (of sex, race,
-- ethnicity, care site and observation: each person observed), settled then (see person_year).
--
-- The observed part of a year is held against the longest that anybody was observed in it: the year in
-- which the CDM ends is no shorter for that.
{{ config(materialized='view') }}

with

person_group as (

    select * from {{ ref('person_group') }}

),

person_year as (

    select * from {{ ref('person_year') }}
    where is_settled

),

recorded_in_year as (

    select * from {{ ref('recorded_in_year') }}
    where is_settled

),

final as (

    {% for attribute, title in [
        ('sex', 'Sex'), ('race', 'Race'), ('ethnicity', 'Ethnicity'), ('care_site', 'Care site'),
    ] -%}
    select
        'people' as basis,
        '{{ attribute }}' as measure,
        '{{ title }}' as title,
        person_year.person_id,
        person_year.calendar_year,
        1.0 as looked_at,
        cast(person_group.{{ attribute }} != 'Unknown' as double) as recorded
    from person_year
    inner join person_group
        on person_year.person_id = person_group.person_id
    union all
    {% endfor -%}
    select
        'calendar years' as basis,
        'observed_years' as measure,
        'Observed part of the year' as title,
        person_id,
        calendar_year,
        max(observed_years) over (partition by calendar_year) as looked_at,
        observed_years as recorded
    from person_year
    union all
    select
        basis,
        measure,
        title,
        person_id,
        calendar_year,
        looked_at,
        recorded
    from recorded_in_year

)

select * from final
