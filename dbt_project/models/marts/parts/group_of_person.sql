-- One row for each pathway study, person of its target and attribute: the group.
-- The ten largest payers, sites and years are told apart; payer and site only where any is recorded.
with

person_at_index as (

    select * from {{ ref('person_at_index') }}

),

recorded_group as (

    {% for attribute, group_name in [
        ('overall', "'Everyone'"),
        ('age_band', 'age_band'),
        ('sex', 'sex'),
        ('race', 'race'),
        ('ethnicity', 'ethnicity'),
        ('payer', 'payer'),
        ('site', 'site'),
        ('index_year', 'index_year'),
    ] -%}
    select
        study,
        person_id,
        '{{ attribute }}' as attribute,
        {{ group_name }} as group_name
    from person_at_index
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

sized_group as (

    select
        study,
        attribute,
        group_name,
        row_number() over (
            partition by study, attribute
            order by count(*) desc, group_name
        ) as size_rank,
        max(case when group_name != 'Unknown' then 1 else 0 end) over (
            partition by study, attribute
        ) as is_recorded
    from recorded_group
    group by study, attribute, group_name

),

final as (

    select
        recorded_group.study,
        recorded_group.person_id,
        recorded_group.attribute,
        case
            when
                sized_group.size_rank <= 10
                or recorded_group.attribute not in ('payer', 'site', 'index_year')
                then recorded_group.group_name
            else 'Other'
        end as group_name
    from recorded_group
    inner join sized_group
        on
            recorded_group.study = sized_group.study
            and recorded_group.attribute = sized_group.attribute
            and recorded_group.group_name = sized_group.group_name
    where sized_group.is_recorded = 1 or recorded_group.attribute not in ('payer', 'site')

)

select * from final
