-- One row for each harmonised measurement concept, person and calendar year in which it was measured.
-- Of the measurements some have a value, of these some are in a known unit; and of these some are in their
-- concept's own unit, and some plausible in it. Measurements on observed days count, and no others.
with

measurement_event as (

    select * from {{ ref('measurement_event') }}

),

observed_span as (

    select * from {{ ref('observed_span') }}

),

accepted_value as (

    select * from {{ ref('accepted_value') }}

),

harmonised_concept as (

    select distinct
        concept_id,
        concept_name
    from accepted_value

),

measurements as (

    select
        harmonised_concept.concept_id,
        harmonised_concept.concept_name,
        measurement_event.person_id,
        measurement_event.value,
        accepted_value.concept_id is not null as is_in_known_unit,
        accepted_value.factor = 1 and accepted_value.shift = 0 as is_in_own_unit,
        measurement_event.value * accepted_value.factor + accepted_value.shift
        between coalesce(accepted_value.lowest, cast('-infinity' as double))
        and coalesce(accepted_value.highest, cast('infinity' as double)) as is_plausible,
        {{ year_of_day('measurement_event.day') }} as calendar_year
    from measurement_event
    inner join harmonised_concept
        on measurement_event.concept_id = harmonised_concept.concept_id
    inner join observed_span
        on
            measurement_event.person_id = observed_span.person_id
            and measurement_event.day between observed_span.start_day and observed_span.end_day
    left join accepted_value
        on
            measurement_event.concept_id = accepted_value.concept_id
            and coalesce(measurement_event.unit_concept_id, 0) = accepted_value.unit_concept_id

),

final as (

    select
        concept_id,
        concept_name,
        person_id,
        calendar_year,
        count(*) as n_measured,
        count(value) as n_values,
        count(case when is_in_known_unit then value end) as n_in_known_unit,
        count(case when is_in_own_unit then value end) as n_in_own_unit,
        count(case when is_plausible then value end) as n_plausible
    from measurements
    group by all

)

select * from final
