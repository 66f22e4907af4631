-- One row for each measure of recording, attribute, group, calendar year, whether its people had been
-- observed for a year, and their age and sex, but for the attribute itself: sums over the cells.
with

recording_cell as (

    select * from {{ ref('recording_cell') }}

),

final as (

    {% for attribute in ['overall'] + recording_attributes() -%}
    select
        basis,
        measure,
        title,
        '{{ attribute }}' as attribute,
        {{ "'Everyone'" if attribute == 'overall' else attribute }} as group_name,
        calendar_year,
        is_settled,
        {{ "''" if attribute == 'sex' else 'sex' }} as stratum_sex,
        {{ "''" if attribute == 'age_band' else 'age_band' }} as stratum_age_band,
        sum(looked_at) as looked_at,
        sum(recorded) as recorded,
        sum(recorded_squared) as recorded_squared,
        sum(recorded_by_looked_at) as recorded_by_looked_at,
        sum(looked_at_squared) as looked_at_squared
    from recording_cell
    -- Whether the sex is known of people whose sex is known is no question.
    where measure != '{{ attribute }}'
    group by all
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
