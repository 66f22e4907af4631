-- One row for each cohort, table of the CDM and concept recorded there on a day that opens the cohort.
-- Only records that may open it are looked at: those of its entry criteria's concepts.
with

cohort_days as (

    select * from {{ ref('cohort_days') }}

),

cohort_rule_count as (

    select * from {{ ref('cohort_rule_count') }}

),

concept as (

    select * from {{ ref('concept') }}

),

person as (

    select * from {{ ref('person') }}

),

concept_set_members as (

    select * from {{ ref('concept_set_members') }}

),

entry_event as (

    {{ entry_events() }}

),

entry_concept as (

    select distinct
        entry_event.cohort_name,
        entry_event.cdm_table,
        concept_set_members.concept_id
    from entry_event
    inner join concept_set_members
        on entry_event.concept_set = concept_set_members.concept_set

),

index_day as (

    select distinct
        cohort_name,
        person_id,
        start_day
    from cohort_days

),

sizes as (

    select
        cohort_name,
        count(distinct person_id) as n_people
    from index_day
    group by cohort_name

),

recorded as (

    {% for table, concept_column, day_column in concept_tables() -%}
    select
        index_day.cohort_name,
        index_day.person_id,
        '{{ table }}' as cdm_table,
        coalesce({{ table }}.{{ concept_column }}, 0) as concept_id
    from index_day
    inner join {{ ref('stg_omop__' ~ table) }} as {{ table }}
        on
            index_day.person_id = {{ table }}.person_id
            and index_day.start_day = {{ to_day(table ~ '.' ~ day_column) }}
    where
        index_day.cohort_name in (
            select entry_event.cohort_name from entry_event
            where entry_event.cdm_table = '{{ table }}'
        )
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

opening as (

    select recorded.*
    from recorded
    inner join entry_concept
        on
            recorded.cohort_name = entry_concept.cohort_name
            and recorded.cdm_table = entry_concept.cdm_table
            and recorded.concept_id = entry_concept.concept_id
    union all
    select recorded.*
    from recorded
    inner join entry_event
        on
            recorded.cohort_name = entry_event.cohort_name
            and recorded.cdm_table = entry_event.cdm_table
    where
        entry_event.concept_set = ''
        and not exists (
            select 1
            from entry_concept
            where
                entry_concept.cohort_name = recorded.cohort_name
                and entry_concept.cdm_table = recorded.cdm_table
                and entry_concept.concept_id = recorded.concept_id
        )

),

everyone as (

    select count(*) as n_people
    from person

),

counted as (

    select
        cohort_name,
        cdm_table,
        concept_id,
        count(*) as n_records,
        count(distinct person_id) as n_people
    from opening
    group by cohort_name, cdm_table, concept_id

),

-- Attrition tells how many a rule left: of those, whoever has not the concept is a part, too.
left_by_rules as (

    select
        counted.cohort_name,
        counted.cdm_table,
        counted.concept_id,
        {{ fewest_left_by_a_rule('counted.n_people') }} as n_left_without_concept
    from counted
    inner join cohort_rule_count
        on counted.cohort_name = cohort_rule_count.cohort_name
    group by counted.cohort_name, counted.cdm_table, counted.concept_id

),

final as (

    select
        counted.cohort_name,
        counted.cdm_table,
        counted.concept_id,
        coalesce(concept.concept_name, 'Concept ' || cast(counted.concept_id as varchar))
            as concept_name,
        counted.n_records,
        counted.n_people,
        {{ smaller_part([
            'counted.n_people',
            'sizes.n_people - counted.n_people',
            'everyone.n_people - counted.n_people',
            'coalesce(left_by_rules.n_left_without_concept, 0)',
        ]) }} as n_people_in_smaller_part
    from counted
    cross join everyone
    inner join sizes
        on counted.cohort_name = sizes.cohort_name
    left join left_by_rules
        on
            counted.cohort_name = left_by_rules.cohort_name
            and counted.cdm_table = left_by_rules.cdm_table
            and counted.concept_id = left_by_rules.concept_id
    left join concept
        on counted.concept_id = concept.concept_id

)

select * from final
