-- One row for each domain and event: all clinical events of known people, in one shape.
{{ config(materialized='view') }}

with

events as (

    {% for domain in [
        'condition', 'drug', 'procedure', 'measurement', 'observation', 'device', 'visit'
    ] -%}
    select
        '{{ domain }}' as domain,
        event_id,
        source_event_id,
        person_id,
        concept_id,
        day,
        end_day,
        value,
        unit_concept_id
    from {{ ref(domain ~ '_event') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        domain,
        event_id,
        source_event_id,
        person_id,
        concept_id,
        day,
        end_day,
        value,
        unit_concept_id
    from events

)

select * from final
