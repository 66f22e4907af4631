-- One row for each procedure of a known person, in the shape of clinical_event.
{{ events_of(
    table='procedure_occurrence',
    id='procedure_occurrence_id',
    concept='procedure_concept_id',
    start='procedure_date',
    end='procedure_end_date',
) }}
