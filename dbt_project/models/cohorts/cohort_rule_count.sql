-- One row for each cohort and rule of it: the rows and people that remain after the rule.
with

rule_counts as (

    {{ count_rules('inpatient_visit', ref('criteria__inpatient_visit'), [
        ('An inpatient visit', none),
        ('It ends on or after the day it starts', 'is_in_order'),
    ]) }}

    union all

    {{ count_rules('inpatient_admission', ref('cohort__inpatient_admission'), [
        ('A stay in hospital, transfers joined', none),
    ], built_from='inpatient_visit') }}

    union all

    {{ count_rules('inpatient_discharge', ref('criteria__inpatient_discharge'), [
        ('A stay in hospital, transfers joined', none),
        ('The person is discharged alive', 'is_alive_at_discharge'),
        ('The day of discharge lies inside an observation period', 'is_inside_observation'),
    ], built_from='inpatient_admission') }}

    union all

    {{ count_rules('adult_year', ref('criteria__adult_year'), [
        ('1 January inside an observation period', none),
        ('Observed for the 365 days before', 'is_observed_a_year_before'),
        ('18 years or older in that year', 'is_adult'),
    ]) }}

    union all

    {{ count_rules('type_2_diabetes', ref('cohort__type_2_diabetes'), [
        ('First record of type 2 diabetes', none),
    ]) }}

    union all

    {{ count_rules('new_nsaid_user', ref('criteria__new_nsaid_user'), [
        ('First ever exposure to celecoxib or diclofenac', none),
        ('It lies inside an observation period', 'is_inside_observation'),
    ]) }}

    union all

    {{ count_rules(
        'gastrointestinal_haemorrhage', ref('cohort__gastrointestinal_haemorrhage'), [
        ('A gastrointestinal haemorrhage is recorded', none),
    ]) }}

),

final as (

    select
        cohort_name,
        built_from,
        rule_number,
        rule,
        n_rows,
        n_people
    from rule_counts

)

select * from final
