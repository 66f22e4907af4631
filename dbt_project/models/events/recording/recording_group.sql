-- One row for each attribute and group of people: how many belong to it, and how many do not.
with

person_group as (

    select * from {{ ref('person_group') }}

),

sizes as (

    select
        'overall' as attribute,
        'Everyone' as group_name,
        count(*) as n_people
    from person_group
    {% for attribute in recording_attributes() -%}
    union all
    select
        '{{ attribute }}' as attribute,
        {{ attribute }} as group_name,
        count(*) as n_people
    from person_group
    group by {{ attribute }}
    {% endfor %}

),

final as (

    select
        attribute,
        group_name,
        n_people,
        cast(sum(n_people) over (partition by attribute) - n_people as bigint) as n_others
    from sizes
    where n_people > 0

)

select * from final
