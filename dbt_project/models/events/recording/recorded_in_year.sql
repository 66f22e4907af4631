-- One row for each measure of recording, person and calendar year with a record of the kind it looks at.
-- Records on observed days count, and no others. Inputs are the harmonised measurements recorded most.
-- `looked_at` is what a measure is a share of, or a rate per: one person, observed years or records.
{% set most_inputs = 20 %}
with

records_in_year as (

    select * from {{ ref('records_in_year') }}

),

person_year as (

    select * from {{ ref('person_year') }}

),

measured_in_year as (

    select * from {{ ref('measured_in_year') }}

),

input_concept as (

    select concept_id
    from measured_in_year
    group by concept_id
    having sum(n_values) > 0
    order by sum(n_values) desc, concept_id asc
    limit {{ most_inputs }}

),

counts as (

    select
        'observed years' as basis,
        domain || '_records' as measure,
        upper(domain[1]) || domain[2:] || ' records' as title,
        person_id,
        calendar_year,
        null as n_looked_at,
        n_records as n_recorded
    from records_in_year
    union all
    select
        'people' as basis,
        'input_' || cast(concept_id as varchar) as measure,
        concept_name as title,
        person_id,
        calendar_year,
        1 as n_looked_at,
        1 as n_recorded
    from measured_in_year
    where
        concept_id in (select input_concept.concept_id from input_concept)
        and n_values > 0
    {% for measure, title, looked_at, recorded in [
        ('values_recorded', 'Measurements with a value', 'n_measured', 'n_values'),
        ('units_known', 'Values in a known unit', 'n_values', 'n_in_known_unit'),
        ('units_usual', 'Values that needed no conversion', 'n_in_known_unit', 'n_in_own_unit'),
        ('values_plausible', 'Values within plausible limits', 'n_in_known_unit', 'n_plausible'),
    ] -%}
    union all
    select
        'records' as basis,
        '{{ measure }}' as measure,
        '{{ title }}' as title,
        person_id,
        calendar_year,
        sum({{ looked_at }}) as n_looked_at,
        sum({{ recorded }}) as n_recorded
    from measured_in_year
    where {{ looked_at }} > 0
    group by person_id, calendar_year
    {% endfor %}

),

final as (

    select
        counts.basis,
        counts.measure,
        counts.title,
        counts.person_id,
        counts.calendar_year,
        person_year.is_settled,
        cast(coalesce(counts.n_looked_at, person_year.observed_years) as double) as looked_at,
        cast(counts.n_recorded as double) as recorded
    from counts
    inner join person_year
        on
            counts.person_id = person_year.person_id
            and counts.calendar_year = person_year.calendar_year

)

select * from final
