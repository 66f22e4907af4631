"""Reasons and risks in words: what was recorded, its value, and when; nothing that is not so."""

from datetime import date

import polars as pl
import pytest

from analytics.days import to_day
from analytics.pipelines.predicting import _risk_in_words
from analytics.pipelines.reasons import say_reasons
from tests.support.tables import table

INDEX = date(2024, 3, 4)
CONCEPTS = table("""
    concept_id | concept_name
    -----------+--------------------------
            11 | Heart failure
            12 | Creatinine
            13 | Inpatient Visit
            21 | milligram per deciliter
            22 | per kilofurlong
""")


def events(**domains):
    """Frames of events; `date` becomes a day."""
    return {name: _events(picture) for name, picture in domains.items()}


def _events(picture):
    frame = table(picture)
    return (
        frame.with_columns(
            event_id=pl.int_range(pl.len()),
            day=(pl.col("date") - date(1970, 1, 1)).dt.total_days().cast(pl.Int32),
            person_id=pl.lit(1),
            **{
                name: pl.lit(None, dtype)
                for name, dtype in (("value", pl.Float64), ("unit_concept_id", pl.Int64))
                if name not in frame.columns
            },
        )
        .drop("date")
        .lazy()
    )


def reasons(picture):
    """Reasons as `top_reasons` gives them, of row 0 unless said, by falling contribution."""
    frame = table(picture)
    return frame.with_columns(
        row_number=pl.col("row_number") if "row_number" in frame.columns else pl.lit(0),
        concept_id=pl.col("concept_id").cast(pl.Int64),
        covariate_value=pl.col("covariate_value").cast(pl.Float64),
        contribution=1.0 / pl.int_range(1, pl.len() + 1),
    )


def said(picture, **domains):
    rows = pl.DataFrame(
        {"person_id": [1], "index_day": [to_day(INDEX)], "index_date": [INDEX]},
        schema_overrides={"index_day": pl.Int32},
    )
    found = say_reasons(
        reasons(picture), rows=rows, events=events(**domains), concepts=CONCEPTS.lazy()
    )
    assert found["reason_rank"].to_list() == list(range(1, found.height + 1))
    return found["reason"].to_list()


def test_a_diagnosis_is_named_with_the_last_day_before_index():
    assert said(
        """
        covariate_name              | domain    | concept_id | covariate_value
        Heart failure: last 30 days | condition |         11 |               2
        """,
        condition="""
        concept_id | date
                11 | 2024-02-01
                11 | 2024-03-03
                11 | 2024-03-04
                11 | 2024-05-01
        """,
    ) == ["Heart failure, last on 3 Mar 2024"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (2.12, 21, "Creatinine 2.12 mg/dL on 3 Mar 2024"),
        (2.0, 21, "Creatinine 2 mg/dL on 3 Mar 2024"),
        (10.0, 21, "Creatinine 10 mg/dL on 3 Mar 2024"),
        (2.126, 21, "Creatinine 2.13 mg/dL on 3 Mar 2024"),
        (0.0, 21, "Creatinine 0 mg/dL on 3 Mar 2024"),
        (2.12, 22, "Creatinine 2.12 per kilofurlong on 3 Mar 2024"),
        (2.12, 0, "Creatinine 2.12 on 3 Mar 2024"),
        (2.12, 99, "Creatinine 2.12 on 3 Mar 2024"),
        ("", 21, "Creatinine, last on 3 Mar 2024"),
    ],
)
def test_a_measurement_is_named_with_its_latest_value_its_unit_and_its_day(value, unit, words):
    assert said(
        """
        covariate_name           | domain      | concept_id | covariate_value
        Creatinine: latest value | measurement |         12 |            2.12
        """,
        measurement=f"""
        concept_id | date       | value   | unit_concept_id
                12 | 2023-01-01 | 9.9     | 21
                12 | 2024-03-03 | {value} | {unit}
        """,
    ) == [words]


def test_what_was_measured_goes_by_its_number_where_the_cdm_does_not_name_it():
    assert said(
        """
        covariate_name                                 | domain      | concept_id | covariate_value
        Concept 19 (no name in this CDM): latest value | measurement |         19 |             2.5
        """,
        measurement="""
        concept_id | date       | value | unit_concept_id
                19 | 2024-03-03 | 2.5   | 21
        """,
    ) == ["Concept 19 (no name in this CDM) 2.5 mg/dL on 3 Mar 2024"]


def test_of_two_values_on_a_day_the_one_recorded_later_is_named():
    assert said(
        """
        covariate_name           | domain      | concept_id | covariate_value
        Creatinine: latest value | measurement |         12 |            2.12
        """,
        measurement="""
        concept_id | date       | value | unit_concept_id
                12 | 2024-03-03 | 2.5   | 21
                12 | 2024-03-03 | 2.1   | 21
        """,
    ) == ["Creatinine 2.1 mg/dL on 3 Mar 2024"]


def test_facts_about_the_person_are_said_as_facts():
    assert said(
        """
        covariate_name             | domain       | concept_id | covariate_value
        Age in years               | demographics |          0 |              67
        Sex: Female                | demographics |       8532 |               1
        Days of observation before | demographics |          0 |            2192
        """
    ) == ["Age 67", "Sex: Female", "Days of observation before: 2192"]


def test_a_fact_that_does_not_hold_for_this_person_is_no_reason():
    """Not to be female may raise a risk; it must not be told of a man as `Sex: Female`."""
    assert said(
        """
        covariate_name | domain       | concept_id | covariate_value
        Sex: Female    | demographics |       8532 |
        Age in years   | demographics |          0 |              67
        """
    ) == ["Age 67"]


def test_what_was_never_recorded_before_index_is_no_reason():
    assert (
        said(
            """
        covariate_name              | domain    | concept_id | covariate_value
        Heart failure: last 30 days | condition |         11 |
        """,
            condition="concept_id | date\n 11 | 2024-03-04",
        )
        == []
    )


def test_days_in_hospital_are_counted_and_the_last_stay_dated():
    assert said(
        """
        covariate_name                                   | domain | concept_id | covariate_value
        Inpatient Visit: days spent in the last 365 days | visit  |         13 |              12
        """,
        visit="concept_id | date\n 13 | 2023-12-24",
    ) == ["Inpatient Visit: days spent in the last 365 days: 12, the last one from 24 Dec 2023"]


def test_five_reasons_are_given_and_the_rest_is_left_out():
    lines = "\n".join(f"Age in years | demographics | 0 | {age}" for age in range(60, 68))

    assert said(f"covariate_name | domain | concept_id | covariate_value\n{lines}") == [
        f"Age {age}" for age in range(60, 65)
    ]


@pytest.mark.parametrize(
    ("risk", "number"),
    [
        (0.0, "Fewer than 1 in 100"),
        (0.0049, "Fewer than 1 in 100"),
        (0.005, "Fewer than 1 in 100"),
        (0.0051, "About 1 in 100"),
        (0.23, "About 23 in 100"),
        (0.229, "About 23 in 100"),
        (0.994, "About 99 in 100"),
        (0.995, "More than 99 in 100"),
        (1.0, "More than 99 in 100"),
    ],
)
def test_a_risk_is_said_as_people_among_a_hundred_and_never_as_none_or_all(risk, number):
    words = pl.DataFrame({"risk": [risk]}).select(_risk_in_words("another hospital stay")).item()

    assert words == f"{number} people like this have another hospital stay"
