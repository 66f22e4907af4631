-- One row for each measure of people as a whole, and person: what is recorded.
-- 1 and 0 say whether something is; of the years of observation it is how many. An input that nobody
-- recorded of a person has no row.
with

person_group as (

    select * from {{ ref('person_group') }}

),

recorded_in_year as (

    select * from {{ ref('recorded_in_year') }}

),

final as (

    {% for measure, title, recorded in [
        ('sex', 'Sex', "sex != 'Unknown'"),
        ('race', 'Race', "race != 'Unknown'"),
        ('ethnicity', 'Ethnicity', "ethnicity != 'Unknown'"),
        ('year_of_birth', 'Year of birth', 'has_year_of_birth'),
        ('care_site', 'Care site', "care_site != 'Unknown'"),
        ('observation_period', 'Observation period', 'n_years > 0'),
        ('observed_years', 'Years of observation', 'observed_years'),
    ] -%}
    select
        '{{ measure }}' as measure,
        '{{ title }}' as title,
        person_id,
        cast({{ recorded }} as double) as recorded
    from person_group
    union all
    {% endfor -%}
    select distinct
        measure,
        title,
        person_id,
        1.0 as recorded
    from recorded_in_year
    where basis = 'people'

)

select * from final
