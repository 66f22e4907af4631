-- One row for each basis of measures, calendar year and kind of people (see recording_cell): what is looked
-- at of them. Who has no record at all is looked at, too: whether there should have been one is the
-- question. What is a share of records has no row: of these there have to be some.
with

person_group as (

    select * from {{ ref('person_group') }}

),

person_year as (

    select * from {{ ref('person_year') }}

),

final as (

    select
        'people' as basis,
        0 as calendar_year,
        true as is_settled,
        {{ recording_attributes() | join(',
        ') }},
        cast(count(*) as double) as looked_at,
        cast(count(*) as double) as looked_at_squared
    from person_group
    group by all
    union all
    select
        'observed years' as basis,
        person_year.calendar_year,
        person_year.is_settled,
        {{ recording_attributes() | join(',
        ') }},
        sum(person_year.observed_years) as looked_at,
        sum(person_group.n_years * person_year.observed_years * person_year.observed_years)
            as looked_at_squared
    from person_year
    inner join person_group
        on person_year.person_id = person_group.person_id
    group by all

)

select * from final
