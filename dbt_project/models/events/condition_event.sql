-- One row for each recorded condition of a known person, in the shape of clinical_event.
{{ events_of(
    table='condition_occurrence',
    id='condition_occurrence_id',
    concept='condition_concept_id',
    start='condition_start_date',
    end='condition_end_date',
) }}
