{# Each of these days lies inside an observation period of the person, both ends inclusive. #}
{% test observed_on(model, days) %}

with

observation_period as (

    select * from {{ ref('stg_omop__observation_period') }}

),

person_days as (

    {% for day in days %}
    select
        person_id,
        {{ day }} as observed_day
    from {{ model }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    person_days.person_id,
    person_days.observed_day
from person_days
left join observation_period
    on
        person_days.person_id = observation_period.person_id
        and person_days.observed_day
        between observation_period.observation_period_start_date
        and observation_period.observation_period_end_date
where observation_period.person_id is null

{% endtest %}
