-- One row for each concept of the vocabulary that the CDM carries.
with

source as (

    select * from {{ source('omop', 'concept') }}

),

final as (

    select
        concept_id,
        concept_name,
        domain_id,
        vocabulary_id
    from source

)

select * from final
