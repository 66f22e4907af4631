-- One row for each person, with the names of their groups and their days of birth and death.
-- Of several rows of one person the one with the smallest values is kept (the contract counts them).
with

stg_person as (

    select * from {{ ref('stg_omop__person') }}

),

death as (

    select * from {{ ref('stg_omop__death') }}

),

demographic_group as (

    select * from {{ ref('demographic_group') }}

),

numbered_rows as (

    select
        *,
        row_number() over (
            partition by person_id
            order by
                year_of_birth, month_of_birth, day_of_birth, gender_concept_id, race_concept_id,
                ethnicity_concept_id, care_site_id
        ) as row_of_person
    from stg_person

),

people as (

    select * from numbered_rows
    where row_of_person = 1

),

first_death as (

    select
        person_id,
        min(death_date) as death_date
    from death
    group by person_id

),

sex as (

    select * from demographic_group
    where attribute = 'sex'

),

race as (

    select * from demographic_group
    where attribute = 'race'

),

ethnicity as (

    select * from demographic_group
    where attribute = 'ethnicity'

),

final as (

    select
        people.person_id,
        people.year_of_birth,
        people.month_of_birth,
        people.day_of_birth,
        {{ to_day('coalesce('
            ~ date_of(
                'people.year_of_birth',
                'coalesce(people.month_of_birth, 1)',
                'coalesce(people.day_of_birth, 1)'
            ) ~ ', ' ~ date_of('people.year_of_birth', 1, 1) ~ ')') }} as birth_day,
        {{ to_day('first_death.death_date') }} as death_day,
        coalesce(sex.group_name, 'Unknown') as sex,
        coalesce(race.group_name, 'Unknown') as race,
        coalesce(ethnicity.group_name, 'Unknown') as ethnicity,
        people.gender_concept_id,
        people.race_concept_id,
        people.ethnicity_concept_id,
        people.care_site_id
    from people
    left join first_death
        on people.person_id = first_death.person_id
    left join sex
        on people.gender_concept_id = sex.concept_id
    left join race
        on people.race_concept_id = race.concept_id
    left join ethnicity
        on people.ethnicity_concept_id = ethnicity.concept_id

)

select * from final
