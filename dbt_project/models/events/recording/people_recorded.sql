-- One row for each measure of recording, attribute and group of which something is recorded of anybody:
-- of how many people, in any year. Of a share of records: how many people these records are of.
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

with_record as (

    select
        measure,
        person_id
    from recorded_of_person
    where recorded > 0
    union distinct
    select
        measure,
        person_id
    from recorded_in_year
    where basis = 'records' or (basis != 'people' and recorded > 0)

),

final as (

    select
        with_record.measure,
        'overall' as attribute,
        'Everyone' as group_name,
        count(*) as n_people_recorded
    from with_record
    group by with_record.measure
    {% for attribute in recording_attributes() -%}
    union all
    select
        with_record.measure,
        '{{ attribute }}' as attribute,
        person_group.{{ attribute }} as group_name,
        count(*) as n_people_recorded
    from with_record
    inner join person_group
        on with_record.person_id = person_group.person_id
    group by with_record.measure, person_group.{{ attribute }}
    {% endfor %}

)

select * from final
