-- One row for each study, person and index date predicted on the CDM's last complete day.
-- Only people alive and observed on that day, and never a row that a model was trained or judged on.
with

prediction as (

    select * from {{ source('results', 'prediction') }}

),

prediction_reason as (

    select * from {{ source('results', 'prediction_reason') }}

),

study_population as (

    select * from {{ source('results', 'study_population') }}

),

person as (

    select * from {{ ref('person') }}

),

observation_period as (

    select * from {{ ref('observation_period') }}

),

cdm as (

    select * from {{ ref('cdm') }}

),

reasons as (

    select
        study,
        person_id,
        index_date,
        {% for rank in range(1, 6) -%}
        max(case when reason_rank = {{ rank }} then reason end) as reason_{{ rank }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from prediction_reason
    group by study, person_id, index_date

),

predicted_on_the_last_day as (

    select prediction.*
    from prediction
    inner join cdm
        on {{ to_day('prediction.as_of_date') }} = cdm.last_complete_day

),

not_used_in_training as (

    select predicted_on_the_last_day.*
    from predicted_on_the_last_day
    left join study_population
        on
            predicted_on_the_last_day.study = study_population.study
            and predicted_on_the_last_day.person_id = study_population.person_id
            and predicted_on_the_last_day.index_date = study_population.index_date
    where study_population.person_id is null

),

alive_and_observed as (

    select
        not_used_in_training.*,
        person.sex,
        person.year_of_birth,
        person.care_site_id
    from not_used_in_training
    inner join person
        on not_used_in_training.person_id = person.person_id
    where
        (
            person.death_day is null
            or person.death_day > {{ to_day('not_used_in_training.as_of_date') }}
        )
        and exists (
            select 1
            from observation_period
            where
                observation_period.person_id = not_used_in_training.person_id
                and {{ to_day('not_used_in_training.as_of_date') }}
                between observation_period.start_day and observation_period.end_day
        )

),

final as (

    select
        alive_and_observed.study,
        alive_and_observed.person_id,
        alive_and_observed.index_date,
        alive_and_observed.as_of_date,
        alive_and_observed.risk,
        -- Ranked anew: people left out above leave no gaps.
        cast(
            row_number() over (
                partition by alive_and_observed.study
                order by alive_and_observed.risk_rank, alive_and_observed.person_id
            ) as integer
        ) as risk_rank,
        alive_and_observed.is_flagged,
        cast(
            extract(year from alive_and_observed.index_date) - alive_and_observed.year_of_birth
            as integer
        ) as age,
        alive_and_observed.sex,
        alive_and_observed.care_site_id,
        alive_and_observed.risk_in_words,
        reasons.reason_1,
        reasons.reason_2,
        reasons.reason_3,
        reasons.reason_4,
        reasons.reason_5,
        alive_and_observed.model_id,
        alive_and_observed.run_id
    from alive_and_observed
    left join reasons
        on
            alive_and_observed.study = reasons.study
            and alive_and_observed.person_id = reasons.person_id
            and alive_and_observed.index_date = reasons.index_date

)

select * from final
