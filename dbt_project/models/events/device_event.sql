-- One row for each exposure to a device of a known person, in the shape of clinical_event.
{{ events_of(
    table='device_exposure',
    id='device_exposure_id',
    concept='device_concept_id',
    start='device_exposure_start_date',
    end='device_exposure_end_date',
) }}
