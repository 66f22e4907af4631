-- One row for each measure, calendar year and kind of people (see recording_cell) with a record: sums over
-- them. A person's years are not independent: each square is taken times the number of these years. As
-- (a + b)^2 <= 2 (a^2 + b^2), a variance made of them is at least that of the person's sum, however the
-- years hang together.
with

person_group as (

    select * from {{ ref('person_group') }}

),

recorded_of_person as (

    select * from {{ ref('recorded_of_person') }}

),

recorded_in_year as (

    select * from {{ ref('recorded_in_year') }}

),

facts as (

    select
        'people' as basis,
        measure,
        title,
        person_id,
        0 as calendar_year,
        true as is_settled,
        1.0 as looked_at,
        recorded
    from recorded_of_person
    union all
    select
        basis,
        measure,
        title,
        person_id,
        calendar_year,
        is_settled,
        looked_at,
        recorded
    from recorded_in_year
    where basis != 'people'

),

final as (

    select
        facts.basis,
        facts.measure,
        facts.calendar_year,
        facts.is_settled,
        {{ recording_attributes() | join(',
        ') }},
        any_value(facts.title) as title,
        {{ recording_sums(weight="case facts.basis when 'people' then 1 else person_group.n_years end") }}
    from facts
    inner join person_group
        on facts.person_id = person_group.person_id
    group by all

)

select * from final
