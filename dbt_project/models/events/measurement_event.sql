-- One row for each measurement of a known person, in the shape of clinical_event.
{{ events_of(
    table='measurement',
    id='measurement_id',
    concept='measurement_concept_id',
    start='measurement_date',
    value='value_as_number',
    unit='unit_concept_id',
) }}
