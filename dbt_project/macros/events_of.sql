{# The events of one domain in the one shape (see `clinical_event`).

   Rows whose person is not in `person`, or that have no day, are left out. `event_id` is dense from 1
   in the order person, day, source id, and so stays below 2^32, which features rely on. #}
{% macro events_of(table, id, concept, start, end='null', value='null', unit='null') %}
with

people as (

    select distinct person_id from {{ ref('stg_omop__person') }}

),

source_events as (

    select * from {{ ref('stg_omop__' ~ table) }}

),

events_of_people as (

    select
        {{ id }} as source_event_id,
        person_id,
        coalesce({{ concept }}, 0) as concept_id,
        {{ to_day(start) }} as day,
        {{ to_day('coalesce(cast(' ~ end ~ ' as date), ' ~ start ~ ')') }} as end_day,
        cast({{ value }} as double) as value,
        cast({{ unit }} as bigint) as unit_concept_id
    from source_events
    where
        {{ start }} is not null
        and person_id in (select people.person_id from people)

),

final as (

    select
        row_number() over (order by person_id, day, source_event_id) as event_id,
        source_event_id,
        person_id,
        concept_id,
        day,
        greatest(day, end_day) as end_day,
        value,
        unit_concept_id
    from events_of_people

)

select * from final
{% endmacro %}
