-- One row for each pathway study and event: where its records came from.
with

pathway_event as (

    select * from {{ source('results', 'pathway_event') }}

),

final as (

    select
        study,
        event_number,
        event,
        source,
        made_of
    from pathway_event

)

select * from final
