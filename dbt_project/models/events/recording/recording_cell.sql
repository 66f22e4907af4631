-- One row for each measure of recording, calendar year and kind of people: what was looked at, and
-- recorded. A kind of people shares sex, age band, race, ethnicity, care site and whether they had been
-- observed for a year. Measures of people have the year 0.
with

looked_at_in_cell as (

    select * from {{ ref('looked_at_in_cell') }}

),

recorded_in_cell as (

    select * from {{ ref('recorded_in_cell') }}

),

measures as (

    select
        basis,
        measure,
        any_value(title) as title
    from recorded_in_cell
    group by basis, measure

),

final as (

    select
        measures.basis,
        measures.measure,
        measures.title,
        looked_at_in_cell.calendar_year,
        looked_at_in_cell.is_settled,
        {% for attribute in recording_attributes() -%}
        looked_at_in_cell.{{ attribute }},
        {% endfor -%}
        looked_at_in_cell.looked_at,
        coalesce(recorded_in_cell.recorded, 0) as recorded,
        coalesce(recorded_in_cell.recorded_squared, 0) as recorded_squared,
        coalesce(recorded_in_cell.recorded_by_looked_at, 0) as recorded_by_looked_at,
        looked_at_in_cell.looked_at_squared
    from looked_at_in_cell
    inner join measures
        on looked_at_in_cell.basis = measures.basis
    left join recorded_in_cell
        on
            measures.measure = recorded_in_cell.measure
            {% for column in ['calendar_year', 'is_settled'] + recording_attributes() -%}
            and looked_at_in_cell.{{ column }} = recorded_in_cell.{{ column }}
            {% endfor %}
    union all
    select
        basis,
        measure,
        title,
        calendar_year,
        is_settled,
        {{ recording_attributes() | join(',
        ') }},
        looked_at,
        recorded,
        recorded_squared,
        recorded_by_looked_at,
        looked_at_squared
    from recorded_in_cell
    where basis = 'records'

)

select * from final
