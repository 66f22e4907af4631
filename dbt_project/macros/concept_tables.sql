{# The tables of the CDM whose rows record a concept on a day: name, column of the concept, first day. #}
{% macro concept_tables() -%}
    {{ return([
        ('condition_occurrence', 'condition_concept_id', 'condition_start_date'),
        ('condition_era', 'condition_concept_id', 'condition_era_start_date'),
        ('drug_exposure', 'drug_concept_id', 'drug_exposure_start_date'),
        ('drug_era', 'drug_concept_id', 'drug_era_start_date'),
        ('dose_era', 'drug_concept_id', 'dose_era_start_date'),
        ('procedure_occurrence', 'procedure_concept_id', 'procedure_date'),
        ('measurement', 'measurement_concept_id', 'measurement_date'),
        ('observation', 'observation_concept_id', 'observation_date'),
        ('device_exposure', 'device_concept_id', 'device_exposure_start_date'),
        ('specimen', 'specimen_concept_id', 'specimen_date'),
        ('death', 'cause_concept_id', 'death_date'),
        ('visit_detail', 'visit_detail_concept_id', 'visit_detail_start_date'),
        ('visit_occurrence', 'visit_concept_id', 'visit_start_date'),
    ]) }}
{%- endmacro %}
