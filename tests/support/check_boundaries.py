"""A small CDM with one row just inside and one just outside of each kind of check."""

from datetime import date
from pathlib import Path

import duckdb

TODAY = date(2026, 11, 22)
TABLES = {
    "person": """
        select * from (values
            (1, 8507, 1950, 1, 1, timestamp '1950-06-15 23:00:00'),
            (2, 8532, 1950, null, null, null),
            (3, 8551, 2027, 12, 31, null),
            (-4, 8532, 2028, 13, 32, null)
        ) as t(person_id, gender_concept_id, year_of_birth, month_of_birth, day_of_birth,
            birth_datetime)
    """,
    "death": "select * from (values (1, date '2020-01-01')) as t(person_id, death_date)",
    "observation_period": """
        select * from (values
            (1, 1, date '2000-01-01', date '2000-12-31'),
            (2, 1, date '2001-01-02', date '2001-12-31'),
            (3, 2, date '2000-01-01', date '2000-12-31'),
            (4, 2, date '2001-01-01', date '2001-12-31')
        ) as t(observation_period_id, person_id, observation_period_start_date,
            observation_period_end_date)
    """,
    "visit_occurrence": """
        select * from (values (1, 1, date '2010-01-10', date '2010-01-20'))
        as t(visit_occurrence_id, person_id, visit_start_date, visit_end_date)
    """,
    "condition_occurrence": """
        select * from (values
            (1, 1, 26662, date '2020-03-01', null, null, null, null),
            (2, 1, 26662, date '2020-03-02', null, null, null, null),
            (3, 2, 26662, date '2010-01-03', date '2010-01-02', 1, 0, 'A'),
            (4, 3, 26662, date '2010-01-02', date '2010-01-02', 1, 5, 'A'),
            (5, 2, 1, date '2010-01-27', null, 1, null, 'B'),
            (6, 2, 1, date '2010-01-28', null, 1, null, null),
            (7, 1, 1, date '1950-06-15', null, 7, null, null),
            (8, 1, 1, date '1950-06-14', null, null, null, null),
            (8, 2, 0, date '1950-01-01', null, null, null, null),
            (10, 2, 0, date '1949-12-31', null, null, null, null),
            (11, 2, 2, date '2026-11-23', null, null, null, null),
            (12, 9, 3, date '2026-11-24', null, null, null, null)
        ) as t(condition_occurrence_id, person_id, condition_concept_id, condition_start_date,
            condition_end_date, visit_occurrence_id, condition_status_concept_id,
            condition_status_source_value)
    """,
    "measurement": """
        select * from (values
            (1, 1, 3006315, 8784), (2, 1, 3006315, 1), (3, 1, 3006315, 0), (4, 1, 3006315, null),
            (5, 1, 3004410, 8554), (6, 1, 3004410, 0), (7, 1, 3004410, null)
        ) as t(measurement_id, person_id, measurement_concept_id, unit_concept_id)
    """,
    "concept": """
        select * from (values
            (0, 'Metadata', 'x', 'S', null), (1, 'Condition', 'x', 'S', null),
            (2, 'Drug', 'x', 'C', null), (26662, 'Condition', 'x', 'S', 'D'),
            (4, 'Drug', 'Ingredient', 'S', null), (5, 'Drug', 'Clinical Drug', 'S', null)
        ) as t(concept_id, domain_id, concept_class_id, standard_concept, invalid_reason)
    """,
    "concept_ancestor": """
        select * from (values (4090861, 26662), (4041261, 2004263))
        as t(ancestor_concept_id, descendant_concept_id)
    """,
    # Of the men's ten drugs one is unmapped; all start on the 60th day after death.
    "drug_exposure": """
        select i as drug_exposure_id, 1 as person_id,
            case when i = 0 then 0 else 4 end as drug_concept_id,
            date '2020-03-01' as drug_exposure_start_date,
            date '2020-03-01' as drug_exposure_end_date, 'v' || i as drug_source_value,
            case when i = 0 then 0 else 4 end as drug_source_concept_id
        from range(10) as t(i)
    """,
    # Of the women's ten procedures two are unmapped; the first day believed, and tomorrow.
    "procedure_occurrence": """
        select i as procedure_occurrence_id, 2 as person_id,
            case when i < 2 then 0 else 2004263 end as procedure_concept_id,
            case when i % 2 = 0 then date '1950-01-01' else date '2026-11-23' end
                as procedure_date,
            'v' || i as procedure_source_value,
            case when i < 2 then 0 else 4 end as procedure_source_concept_id
        from range(10) as t(i)
    """,
    "observation": """
        select * from (values
            (null, 1, date '2010-01-03', 1), (null, null, date '2010-01-27', 1),
            (3, 1, date '2010-01-10', 1)
        ) as t(observation_id, person_id, observation_date, visit_occurrence_id)
    """,
    "condition_era": "select unnest([1, 2]) as person_id",
    "drug_era": "select unnest([4, 5, 77, 0]) as drug_concept_id",
    "dose_era": "select unnest([4, 77]) as drug_concept_id, unnest([null, 8]) as unit_concept_id",
}
CONDITION = "condition_occurrence_condition"
PROCEDURE = "procedure_occurrence_procedure"
EXPECTED = {
    # 60 days after 1 January 2020 is 1 March.
    f"field_plausiblebeforedeath_{CONDITION}_start_date": (1, 4, "failed"),
    f"field_plausibleduringlife_{CONDITION}_start_date": (1, 4, "failed"),
    # 10 to 20 January: the 3rd and the 27th are 7 days away, the 2nd and the 28th are 8.
    f"field_withinvisitdates_{CONDITION}_start_date": (2, 4, "failed"),
    # Born on 15 June 1950; of person 2 only 1950 is known, the first of January or of June.
    f"field_plausibleafterbirth_{CONDITION}_start_date": (3, 12, "failed"),
    f"field_plausibletemporalafter_{CONDITION}_start_date": (4, 12, "failed"),
    f"field_plausiblevaluelow_{CONDITION}_start_date": (1, 12, "failed"),
    f"field_plausiblevaluehigh_{CONDITION}_start_date": (1, 12, "failed"),
    f"field_plausiblestartbeforeend_{CONDITION}_start_date": (1, 2, "failed"),
    # End dates: on the start passes, a day before it does not; nulls are looked at too.
    f"field_plausibletemporalafter_{CONDITION}_end_date": (1, 12, "failed"),
    # Both rows of the repeated key.
    "field_isprimarykey_condition_occurrence_condition_occurrence_id": (2, 12, "failed"),
    "field_isforeignkey_condition_occurrence_person_id": (1, 12, "failed"),
    "field_isforeignkey_condition_occurrence_visit_occurrence_id": (1, 12, "failed"),
    f"field_isforeignkey_{CONDITION}_concept_id": (1, 12, "failed"),
    # Concept 3 is unknown, and so of no other domain; 0 is not asked.
    f"field_fkdomain_{CONDITION}_concept_id": (1, 12, "failed"),
    # 2 is not standard, 26662 no longer valid.
    f"field_isstandardvalidconcept_{CONDITION}_concept_id": (5, 12, "failed"),
    f"field_standardconceptrecordcompleteness_{CONDITION}_concept_id": (2, 12, "failed"),
    # 0, or null beside a value of the source: rows 3 and 5, of 3, 4 and 5.
    f"field_standardconceptrecordcompleteness_{CONDITION}_status_concept_id": (2, 3, "failed"),
    # A was once mapped to 0; null counts as a value.
    f"field_sourcevaluecompleteness_{CONDITION}_status_source_value": (1, 3, "passed"),
    f"field_isrequired_{CONDITION}_start_date": (0, 12, "passed"),
    # Of four records one is of a woman, one of unknown gender: both are of another gender.
    f"concept_plausiblegender_{CONDITION}_concept_id_26662": (2, 4, "failed"),
    "concept_plausibleunitconceptids_measurement_measurement_concept_id_3006315": (1, 3, "failed"),
    # The day after the end joins two periods; two days after it does not.
    "table_measureobservationperiodoverlap_observation_period": (1, 2, "failed"),
    "field_plausiblevaluehigh_person_year_of_birth": (1, 4, "failed"),
    "field_plausiblevaluehigh_person_month_of_birth": (1, 3, "failed"),
    "field_plausiblevaluehigh_person_day_of_birth": (1, 3, "failed"),
    "field_cdmdatatype_person_person_id": (1, 4, "failed"),
    "field_cdmdatatype_condition_occurrence_person_id": (0, 12, "passed"),
    "table_cdmtable_person": (0, 1, "passed"),
    "table_cdmtable_specimen": (None, None, "failed"),
    "field_cdmfield_person_person_id": (0, 1, "passed"),
    "field_cdmfield_person_race_concept_id": (None, None, "failed"),
    # Two of four people are observed; one of four has an observation, and 95 % may have none.
    "table_measurepersoncompleteness_observation_period": (2, 4, "failed"),
    "table_measurepersoncompleteness_observation": (3, 4, "passed"),
    # Of people 1, 2, 3 and 9, who have a condition, the last two have no era.
    "table_measureconditioneracompleteness_condition_era": (2, 4, "failed"),
    "field_isrequired_dose_era_unit_concept_id": (1, 2, "failed"),
    "field_measurevaluecompleteness_dose_era_unit_concept_id": (1, 2, "failed"),
    f"field_measurevaluecompleteness_{CONDITION}_end_date": (10, 12, "passed"),
    # Two keys that are null repeat nothing; a person that is null is no stranger.
    "field_isprimarykey_observation_observation_id": (0, 3, "passed"),
    "field_isforeignkey_observation_person_id": (0, 3, "passed"),
    # 4 is an ingredient, 5 is not, 77 is unknown, 0 is not asked; all are drugs.
    "field_fkclass_drug_era_drug_concept_id": (1, 4, "failed"),
    "field_fkclass_dose_era_drug_concept_id": (0, 2, "passed"),
    "field_fkdomain_drug_era_drug_concept_id": (0, 4, "passed"),
    "field_isstandardvalidconcept_dose_era_drug_concept_id": (0, 2, "passed"),
    "field_standardconceptrecordcompleteness_dose_era_drug_concept_id": (0, 2, "passed"),
    # A tenth is as much as may be unmapped.
    "field_sourceconceptrecordcompleteness_drug_exposure_drug_source_concept_id": (
        1,
        10,
        "passed",
    ),
    f"field_sourceconceptrecordcompleteness_{PROCEDURE}_source_concept_id": (2, 10, "failed"),
    "field_sourcevaluecompleteness_drug_exposure_drug_source_value": (1, 10, "passed"),
    f"field_sourcevaluecompleteness_{PROCEDURE}_source_value": (2, 10, "failed"),
    f"field_plausiblevaluelow_{PROCEDURE}_date": (0, 10, "passed"),
    f"field_plausiblevaluehigh_{PROCEDURE}_date": (0, 10, "passed"),
    f"field_plausibleafterbirth_{PROCEDURE}_date": (0, 10, "passed"),
    "field_plausiblebeforedeath_drug_exposure_drug_exposure_start_date": (0, 10, "passed"),
    "field_plausibleduringlife_drug_exposure_drug_exposure_start_date": (0, 10, "passed"),
    "field_plausiblestartbeforeend_drug_exposure_drug_exposure_start_date": (0, 10, "passed"),
    "field_plausibletemporalafter_drug_exposure_drug_exposure_end_date": (0, 10, "passed"),
    "field_withinvisitdates_observation_observation_date": (0, 3, "passed"),
    f"concept_plausiblegender_{PROCEDURE}_concept_id_2004263": (0, 8, "passed"),
    f"concept_plausiblegenderusedescendants_{PROCEDURE}_concept_id_4041261": (0, 8, "passed"),
    f"concept_plausiblegenderusedescendants_{CONDITION}_concept_id_4090861,4025213": (
        2,
        4,
        "failed",
    ),
    "concept_plausibleunitconceptids_measurement_measurement_concept_id_3004410": (0, 2, "passed"),
}


def write_boundaries(folder: Path) -> Path:
    """The CDM as Parquet."""
    for name, query in TABLES.items():
        duckdb.sql(f"copy ({query}) to '{folder / name}.parquet' (format parquet)")
    return folder
