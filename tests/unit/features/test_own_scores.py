"""Our scores of people whose points can be counted by hand."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.features.covariates import Covariates
from analytics.features.making import build_feature_covariates
from analytics.features.prespecified import PolarsCdm
from analytics.features.scores.comorbidities import comorbidity_points
from analytics.features.settings import read_feature_settings
from tests.support.small_cdm import INDEX_DATE, PERSON, cohort, values
from tests.support.tables import table

HEART_FAILURE, DEMENTIA, INFARCTION = 316139, 4182210, 4329847
CANCER, METASTASIS, MILD_LIVER, SEVERE_LIVER = 443392, 432851, 4064161, 4245975
RENAL, DIABETES, COMPLICATED_DIABETES, LUNG = 4030518, 201820, 443767, 4063381
NAMED = (
    *(HEART_FAILURE, DEMENTIA, INFARCTION, CANCER, METASTASIS, MILD_LIVER, SEVERE_LIVER),
    *(RENAL, DIABETES, COMPLICATED_DIABETES, LUNG),
)
INPATIENT, EMERGENCY, EMERGENCY_AND_INPATIENT, OFFICE = 9201, 9203, 262, 9202
HAEMOGLOBIN, SODIUM, G_PER_DL, G_PER_L, MMOL_PER_L = 3000963, 3019550, 8713, 8636, 8753
LACE_AND_HOSPITAL = "is_day_0_allowed: true\nscores: [lace, hospital]"


def on(day: int) -> date:
    return INDEX_DATE + timedelta(days=day)


def eras(*happened: tuple[int, int, int]) -> pl.DataFrame:
    """One row for each era: person, condition, first day; a year long."""
    return pl.DataFrame(
        [
            (number, person, concept, on(day), on(day + 365))
            for number, (person, concept, day) in enumerate(happened)
        ],
        schema={
            "condition_era_id": pl.Int64,
            "person_id": pl.Int64,
            "condition_concept_id": pl.Int64,
            "condition_era_start_date": pl.Date,
            "condition_era_end_date": pl.Date,
        },
        orient="row",
    )


def visits(*happened: tuple[int, int, int, int, int]) -> pl.DataFrame:
    """One row for each visit: person, kind, first and last day, where admitted from."""
    return pl.DataFrame(
        [
            (number, person, concept, on(first), on(last), admitted_from)
            for number, (person, concept, first, last, admitted_from) in enumerate(happened)
        ],
        schema={
            "visit_occurrence_id": pl.Int64,
            "person_id": pl.Int64,
            "visit_concept_id": pl.Int64,
            "visit_start_date": pl.Date,
            "visit_end_date": pl.Date,
            "admitted_from_concept_id": pl.Int64,
        },
        orient="row",
    )


def measured(*happened: tuple[int, int, int, float, int | None]) -> pl.DataFrame:
    """One row for each value: person, concept, day, value, unit."""
    return pl.DataFrame(
        [
            (number, person, concept, on(day), value, unit)
            for number, (person, concept, day, value, unit) in enumerate(happened)
        ],
        schema={
            "measurement_id": pl.Int64,
            "person_id": pl.Int64,
            "measurement_concept_id": pl.Int64,
            "measurement_date": pl.Date,
            "value_as_number": pl.Float64,
            "unit_concept_id": pl.Int64,
        },
        orient="row",
    )


def scored(text: str, folder: Path, *subjects: int, **tables: pl.DataFrame) -> Covariates:
    file = folder / "scores.yaml"
    file.write_text(text, encoding="utf-8")
    ancestor = pl.DataFrame(
        {
            "ancestor_concept_id": NAMED,
            "descendant_concept_id": NAMED,
            "min_levels_of_separation": 0,
        }
    )
    frames = {"person": table(PERSON), "concept_ancestor": ancestor} | tables
    cdm = PolarsCdm({name: frame.lazy() for name, frame in frames.items()})
    return build_feature_covariates(cohort(*subjects), cdm, read_feature_settings(file))


def test_the_charlson_index_has_the_weights_of_2011_and_the_graver_form_counts_alone(
    tmp_path: Path,
):
    made = scored(
        "scores: [charlson_quan_2011]",
        tmp_path,
        1,
        2,
        3,
        condition_era=eras(
            *((1, concept, -900) for concept in (HEART_FAILURE, INFARCTION, LUNG, RENAL)),
            *((1, concept, -1) for concept in (DIABETES, COMPLICATED_DIABETES, RENAL)),
            (1, DEMENTIA, 0),
            *((2, concept, -5) for concept in (CANCER, METASTASIS, MILD_LIVER, SEVERE_LIVER)),
            (3, INFARCTION, -5),
        ),
    )

    # Heart failure 2, lung 1, renal 1, complicated diabetes 1; infarction weighs nothing any more,
    # and dementia began on the index day. Metastasis 6 and severe liver 4 stand alone.
    assert values(made, 970) == {(10, 1970): 5, (20, 1970): 10}
    assert made.certificate.select("n_rows_read", "latest_day", "last_day_allowed").rows() == [
        (12, -1, -1)
    ]


def test_the_highest_charlson_index_of_2011_is_24():
    """As Quan et al. say (Am J Epidemiol 2011;173:676-82): graver forms silence milder ones."""
    points = comorbidity_points(970)
    graver = set(points["category"]) & set(points["unless"])

    assert len(points) == 12
    assert graver == {"Moderate to severe liver disease", "Metastatic solid tumor"}
    assert points.filter(pl.col("unless") == "")["points"].sum() == 24


def test_lace_counts_days_urgency_comorbidity_and_emergency_visits(tmp_path: Path):
    made = scored(
        "is_day_0_allowed: true\nscores: [lace]",
        tmp_path,
        *(1, 2, 3),
        visit_occurrence=visits(
            # Five days (4), by way of an emergency visit that does not count itself (3), after
            # two within 180 days of admission, and one that is too long ago (2).
            (1, INPATIENT, -5, 0, 0),
            (1, EMERGENCY, -6, -5, 0),
            (1, EMERGENCY, -7, -7, 0),
            (1, EMERGENCY, -185, -185, 0),
            (1, EMERGENCY, -186, -186, 0),
            (1, OFFICE, -9, -9, 0),
            # In and out on one day (0), admitted from an emergency room (3).
            (2, INPATIENT, 0, 0, 8870),
            # Discharged the day after index: its end is not known at index.
            (3, INPATIENT, -5, 1, 0),
        ),
        condition_era=eras(
            (1, HEART_FAILURE, -4), (2, HEART_FAILURE, 0), (2, DEMENTIA, -99), (2, RENAL, 1)
        ),
    )

    # Person 2: heart failure 2 and dementia 3 are more than 3, which gives 5.
    assert values(made, 971) == {(10, 1971): 4 + 3 + 2 + 2, (20, 1971): 0 + 3 + 5 + 0}
    assert made.certificate.select("last_day_allowed", "is_day_0_asked_for").rows() == [(0, True)]
    assert any("renal disease" in warning for warning in made.warnings)
    assert any("no score" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("days", "points"), [(0, 0), (1, 1), (3, 3), (4, 4), (6, 4), (7, 5), (13, 5), (14, 7), (90, 7)]
)
def test_the_days_of_a_stay_give_the_points_of_lace(tmp_path: Path, days: int, points: int):
    made = scored(
        "is_day_0_allowed: true\nscores: [lace]",
        tmp_path,
        1,
        visit_occurrence=visits((1, INPATIENT, -days, 0, 0)),
        condition_era=eras(),
    )

    assert values(made, 971) == {(10, 1971): points}
    assert any("no visit of this CDM is one to an emergency" in each for each in made.warnings)


def test_the_hospital_score_counts_laboratory_values_procedures_and_earlier_stays(tmp_path: Path):
    procedures = pl.DataFrame(
        {
            "procedure_occurrence_id": [1, 2],
            "person_id": [1, 2],
            "procedure_concept_id": [77, 77],
            "procedure_date": [on(-5), on(-5)],
        }
    )
    made = scored(
        "is_day_0_allowed: true\nscores: [hospital]",
        tmp_path,
        *(1, 2),
        visit_occurrence=visits(
            # Five days (2), urgent (1), two stays in the year before admission (2).
            (1, EMERGENCY_AND_INPATIENT, -5, 0, 0),
            *((1, INPATIENT, day, day + 1, 0) for day in (-9, -370, -371)),
            # Four days, not urgent, six stays before.
            (2, INPATIENT, -4, 0, 0),
            *((2, INPATIENT, -10 * number, -10 * number, 0) for number in range(1, 7)),
        ),
        measurement=measured(
            # The last haemoglobin of the stay is low (1), in another unit; sodium is not.
            *((1, HAEMOGLOBIN, -4, 13.0, G_PER_DL), (1, HAEMOGLOBIN, -1, 119.0, G_PER_L)),
            *((1, HAEMOGLOBIN, 1, 14.0, G_PER_DL), (1, SODIUM, -1, 135.0, MMOL_PER_L)),
            # Low before the stay only; then in it, without a unit that is known; sodium low (1).
            *((2, HAEMOGLOBIN, -9, 8.0, G_PER_DL), (2, HAEMOGLOBIN, -1, 8.0, None)),
            *((2, SODIUM, -3, 120.0, MMOL_PER_L), (2, SODIUM, 0, 134.9, MMOL_PER_L)),
        ),
        procedure_occurrence=procedures,
    )

    # A procedure on the first day (1); of person 2 it was the day before.
    assert values(made, 972) == {(10, 1972): 2 + 1 + 2 + 1 + 1, (20, 1972): 5 + 1}
    assert any("oncology" in warning for warning in made.warnings)


def test_scores_of_the_stay_that_ends_at_index_need_the_index_day(tmp_path: Path):
    file = tmp_path / "scores.yaml"
    file.write_text("scores: [lace]", encoding="utf-8")

    with pytest.raises(BadInputError, match=r"lace \(id 971\) reaches day 0"):
        read_feature_settings(file)


def test_a_laboratory_value_that_the_cdm_lacks_is_named(tmp_path: Path):
    made = scored(LACE_AND_HOSPITAL, tmp_path, 1, visit_occurrence=visits())

    assert made.covariates.is_empty()
    for name in ("haemoglobin", "sodium"):
        assert any(f"this CDM has no {name}" in warning for warning in made.warnings)
    assert "this CDM has no table measurement: it was taken as empty" in made.warnings


def test_scores_of_featureextraction_whose_codes_the_vocabulary_lacks_are_named(tmp_path: Path):
    icd10 = pl.DataFrame({"concept_id": [1], "concept_code": ["F00"], "vocabulary_id": ["ICD10"]})
    text = "scores: [charlson, dcsi, hospital_frailty]"

    without = scored(text, tmp_path, 1, condition_era=eras())
    with_one = scored(text, tmp_path, 1, condition_era=eras(), concept=icd10)

    told = [warning for warning in without.warnings if "nobody has points" in warning]
    assert [warning.split(" (")[0] for warning in told] == ["Dcsi", "Hfrs"]
    told = [warning for warning in with_one.warnings if "nobody has points" in warning]
    assert [warning.split(" (")[0] for warning in told] == ["Dcsi"]
    assert without.analysis_ref["analysis_id"].to_list() == [901, 902, 926]
