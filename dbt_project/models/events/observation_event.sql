-- One row for each observation of a known person, in the shape of clinical_event.
{{ events_of(
    table='observation',
    id='observation_id',
    concept='observation_concept_id',
    start='observation_date',
    value='value_as_number',
    unit='unit_concept_id',
) }}
