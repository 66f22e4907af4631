-- One row for each visit of a known person, in the shape of clinical_event.
{{ events_of(
    table='visit_occurrence',
    id='visit_occurrence_id',
    concept='visit_concept_id',
    start='visit_start_date',
    end='visit_end_date',
) }}
