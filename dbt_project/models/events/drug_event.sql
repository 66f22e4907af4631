-- One row for each exposure to a drug of a known person, in the shape of clinical_event.
{{ events_of(
    table='drug_exposure',
    id='drug_exposure_id',
    concept='drug_concept_id',
    start='drug_exposure_start_date',
    end='drug_exposure_end_date',
) }}
