"""The columns of the CDM that compiled cohorts may read: what staging must hand through."""

_EVENT = "person_id provider_id visit_occurrence_id"
_IDS = {
    "person": """person_id gender_concept_id year_of_birth month_of_birth day_of_birth
        race_concept_id ethnicity_concept_id location_id""",
    "observation_period": "observation_period_id person_id period_type_concept_id",
    "visit_occurrence": """visit_occurrence_id person_id visit_concept_id visit_type_concept_id
        provider_id care_site_id visit_source_concept_id""",
    "visit_detail": f"""{_EVENT} visit_detail_id visit_detail_concept_id care_site_id
        visit_detail_type_concept_id visit_detail_source_concept_id""",
    "condition_occurrence": f"""{_EVENT} condition_occurrence_id condition_concept_id
        condition_type_concept_id condition_source_concept_id condition_status_concept_id""",
    "condition_era": """condition_era_id person_id condition_concept_id
        condition_occurrence_count""",
    "drug_exposure": f"""{_EVENT} drug_exposure_id drug_concept_id drug_type_concept_id refills
        days_supply route_concept_id dose_unit_concept_id drug_source_concept_id""",
    "drug_era": "drug_era_id person_id drug_concept_id drug_exposure_count gap_days",
    "dose_era": "dose_era_id person_id drug_concept_id unit_concept_id",
    "procedure_occurrence": f"""{_EVENT} procedure_occurrence_id procedure_concept_id
        procedure_type_concept_id modifier_concept_id procedure_source_concept_id""",
    "device_exposure": f"""{_EVENT} device_exposure_id device_concept_id device_type_concept_id
        device_source_concept_id""",
    "measurement": f"""{_EVENT} measurement_id measurement_concept_id measurement_type_concept_id
        operator_concept_id value_as_concept_id unit_concept_id measurement_source_concept_id""",
    "observation": f"""{_EVENT} observation_id observation_concept_id observation_type_concept_id
        value_as_concept_id qualifier_concept_id unit_concept_id observation_source_concept_id""",
    "specimen": """person_id specimen_id specimen_concept_id specimen_type_concept_id
        unit_concept_id anatomic_site_concept_id disease_status_concept_id""",
    "death": "person_id death_type_concept_id cause_concept_id cause_source_concept_id",
    "payer_plan_period": """payer_plan_period_id person_id payer_concept_id plan_concept_id
        sponsor_concept_id stop_reason_concept_id payer_source_concept_id plan_source_concept_id
        sponsor_source_concept_id stop_reason_source_concept_id""",
    "provider": "provider_id specialty_concept_id",
    "care_site": "care_site_id place_of_service_concept_id location_id",
    "location": "location_id region_concept_id",
    "location_history": "location_history_id location_id entity_id",
    "concept": "concept_id",
    "concept_ancestor": "ancestor_concept_id descendant_concept_id",
    "concept_relationship": "concept_id_1 concept_id_2",
}
_DATES = {
    "observation_period": "observation_period_start_date observation_period_end_date",
    "visit_occurrence": "visit_start_date visit_end_date",
    "visit_detail": "visit_detail_start_date visit_detail_end_date",
    "condition_occurrence": "condition_start_date condition_end_date",
    "condition_era": "condition_era_start_date condition_era_end_date",
    "drug_exposure": "drug_exposure_start_date drug_exposure_end_date",
    "drug_era": "drug_era_start_date drug_era_end_date",
    "dose_era": "dose_era_start_date dose_era_end_date",
    "procedure_occurrence": "procedure_date",
    "device_exposure": "device_exposure_start_date device_exposure_end_date",
    "measurement": "measurement_date",
    "observation": "observation_date",
    "specimen": "specimen_date",
    "death": "death_date",
    "payer_plan_period": "payer_plan_period_start_date payer_plan_period_end_date",
    "location_history": "start_date end_date",
}
_NUMBERS = {
    "drug_exposure": "quantity effective_drug_dose",
    "dose_era": "dose_value",
    "procedure_occurrence": "quantity",
    "device_exposure": "quantity",
    "measurement": "value_as_number range_low range_high",
    "observation": "value_as_number",
    "specimen": "quantity",
}
_TEXTS = {
    "condition_occurrence": "stop_reason",
    "drug_exposure": "stop_reason lot_number",
    "device_exposure": "unique_device_id",
    "observation": "value_as_string",
    "specimen": "specimen_source_id",
    "location_history": "domain_id",
    "concept": "concept_name invalid_reason",
    "concept_relationship": "relationship_id invalid_reason",
}


def cdm_columns() -> dict[str, dict[str, str]]:
    """The data type of each column, by table."""
    types = ((_IDS, "bigint"), (_DATES, "date"), (_NUMBERS, "double"), (_TEXTS, "varchar"))
    return {
        table: {
            column: data_type
            for columns, data_type in types
            for column in columns.get(table, "").split()
        }
        for table in _IDS
    }
