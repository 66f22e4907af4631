-- One row for each domain of events, person and calendar year with such an event on an observed day.
{{ config(materialized='view') }}

with

clinical_event as (

    select * from {{ ref('clinical_event') }}

),

observed_span as (

    select * from {{ ref('observed_span') }}

),

final as (

    select
        clinical_event.domain,
        clinical_event.person_id,
        {{ year_of_day('clinical_event.day') }} as calendar_year,
        count(*) as n_records
    from clinical_event
    inner join observed_span
        on
            clinical_event.person_id = observed_span.person_id
            and clinical_event.day between observed_span.start_day and observed_span.end_day
    group by all

)

select * from final
