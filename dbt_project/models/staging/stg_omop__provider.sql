-- One row for each clinician.
with

source as (

    {{ as_contracted('provider') }}

),

final as (

    select
        provider_id,
        specialty_concept_id
    from source

)

select * from final
