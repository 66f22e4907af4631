-- One row for each study, covariate, attribute and group of its population.
with

cohort_characteristic as (

    select * from {{ source('results', 'cohort_characteristic') }}

),

population_profile as (

    select * from {{ ref('population_profile') }}

),

everyone as (

    select
        study,
        n_outcomes,
        n_people_with_outcome
    from population_profile
    where attribute = 'overall'

),

final as (

    select
        cohort_characteristic.run_id,
        cohort_characteristic.study,
        cohort_characteristic.characteristic_number,
        cohort_characteristic.section,
        cohort_characteristic.covariate_id,
        cohort_characteristic.characteristic,
        cohort_characteristic.kind,
        cohort_characteristic.of_attribute,
        cohort_characteristic.of_group,
        cohort_characteristic.attribute,
        cohort_characteristic.group_name,
        cohort_characteristic.reference_group,
        coalesce(group_sizes.n_people, with_outcome.n_people_with_outcome) as n_people_of_group,
        coalesce(group_sizes.n_rows, with_outcome.n_outcomes) as n_rows_of_group,
        by_outcome.n_outcomes as n_outcomes_of_study,
        categories.n_rows as n_rows_of_category,
        categories.n_outcomes as n_outcomes_of_category,
        cohort_characteristic.n_rows,
        cohort_characteristic.n_people_in_smallest_part,
        cohort_characteristic.share,
        cohort_characteristic.mean,
        cohort_characteristic.sd,
        cohort_characteristic.p25,
        cohort_characteristic.median,
        cohort_characteristic.p75,
        cohort_characteristic.standardised_difference,
        cohort_characteristic.standardised_difference_lower,
        cohort_characteristic.standardised_difference_upper
    from cohort_characteristic
    left join population_profile as group_sizes
        on
            cohort_characteristic.study = group_sizes.study
            and cohort_characteristic.attribute = group_sizes.attribute
            and cohort_characteristic.group_name = group_sizes.group_name
    left join population_profile as categories
        on
            cohort_characteristic.study = categories.study
            and cohort_characteristic.of_attribute = categories.attribute
            and cohort_characteristic.of_group = categories.group_name
    left join everyone as by_outcome
        on
            cohort_characteristic.study = by_outcome.study
            and cohort_characteristic.attribute = 'outcome'
    left join everyone as with_outcome
        on
            cohort_characteristic.study = with_outcome.study
            and cohort_characteristic.attribute = 'outcome'
            and cohort_characteristic.group_name = 'With the outcome'

)

select * from final
