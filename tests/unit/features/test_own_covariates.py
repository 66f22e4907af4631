"""Covariates of one's own settings at their edges, and the preset that is the main job's."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analytics.contracts.units import load_unit_contracts
from analytics.errors import RunFailedError
from analytics.features import build_covariates, definition
from analytics.features.covariates import Covariates
from analytics.features.domains import EVENT_DOMAINS
from analytics.features.making import build_feature_covariates
from analytics.features.prespecified import PolarsCdm
from analytics.features.prespecified.tables import EVENT_TABLES
from analytics.features.settings import read_feature_settings
from analytics.studies import CovariateSettings
from tests.support.random_events import DOMAINS, random_events, random_people, random_rows
from tests.support.small_cdm import PERSON, cohort, values
from tests.support.tables import table

HAEMOGLOBIN, GRAMS_PER_DECILITRE, GRAMS_PER_LITRE = 3000963, 8713, 8636


def of_settings(
    text: str, folder: Path, *subjects: int, **tables: str | pl.DataFrame
) -> Covariates:
    """The covariates of these people, by settings of this text, in a CDM of these tables."""
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return build_feature_covariates(
        cohort(*subjects), cdm_of({"person": PERSON} | tables), read_feature_settings(file)
    )


def cdm_of(tables: Mapping[str, str | pl.DataFrame]) -> PolarsCdm:
    return PolarsCdm(
        {
            name: (table(frame) if isinstance(frame, str) else frame).lazy()
            for name, frame in tables.items()
        }
    )


def by_name(made: Covariates) -> dict[str, float]:
    named = made.covariates.join(made.covariate_ref, on="covariate_id")
    return dict(named.select("covariate_name", "covariate_value").rows())


CONCEPT = """
    concept_id | concept_name | domain_id   | vocabulary_id | concept_class_id | standard_concept
    -----------+--------------+-------------+---------------+------------------+-----------------
            11 | Asthma       | Condition   | SNOMED        | Disorder         | S
            21 | Positive     | Meas Value  | SNOMED        | Qualifier        | S
           100 | Lung disease | Condition   | SNOMED        | Disorder         | S
"""
CONDITION = """
    condition_occurrence_id | person_id | condition_concept_id | condition_start_date
    ------------------------+-----------+----------------------+---------------------
                          1 |         1 |                   11 | 2020-06-14
                          2 |         1 |                   11 | 2020-06-15
                          3 |         1 |                   12 | 2020-06-16
"""


def test_the_preset_gives_what_the_main_job_gives():
    # One index date of each person, so that each has one observation period.
    rows = random_rows(seed=5).unique("person_id", keep="first", maintain_order=True)
    person = random_people(seed=5)
    events = dict(random_events(seed=5))
    # Values of a concept that the unit contracts know, in two of its units and in none.
    units = pl.Series([GRAMS_PER_DECILITRE, GRAMS_PER_LITRE, None])
    events["measurement"] = events["measurement"].with_columns(
        pl.col("concept_id").replace(11, HAEMOGLOBIN),
        value=pl.col("value").abs() * 30 + 20,
        unit_concept_id=pl.lit(units).gather(pl.col("event_id") % 3),
    )
    main_job = build_covariates(
        rows,
        events=events,
        person=person,
        concepts=pl.DataFrame({"concept_id": [12], "concept_name": ["Twelve"]}),
        settings=CovariateSettings(),
        units=load_unit_contracts(),
    )

    preset = build_feature_covariates(
        rows.select(
            "row_id",
            subject_id="person_id",
            cohort_start_date=pl.col("index_day").cast(pl.Date),
            cohort_end_date=pl.col("index_day").cast(pl.Date),
        ),
        cdm_of(_as_cdm(events, person, rows)),
        read_feature_settings("catchment-default"),
    )

    triples = preset.covariates.sort("row_id", "covariate_id")
    assert triples.rename({"covariate_value": "value"}).equals(main_job.values)
    named = preset.covariate_ref.sort("covariate_id")
    columns = ["covariate_id", "covariate_name", "concept_id"]
    assert named.select(columns).equals(main_job.covariate_ref.select(columns))
    assert {958, 959} <= {covariate_id % 1000 for covariate_id in triples["covariate_id"]}
    (told,) = [each for each in preset.warnings if each.startswith("measured values")]
    assert "converted to the unit of their concept" in told
    assert "set aside without a unit" in told


def _as_cdm(
    events: Mapping[str, pl.LazyFrame], person: pl.DataFrame, rows: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    tables = {}
    for domain in DOMAINS:
        name = EVENT_DOMAINS[domain].table
        of = EVENT_TABLES[name]
        columns = {
            of.key: pl.col("event_id"),
            "person_id": pl.col("person_id"),
            of.concept: pl.col("concept_id"),
            of.start: pl.col("day").cast(pl.Date),
        }
        if of.end:
            columns[of.end] = pl.col("end_day").cast(pl.Date)
        if domain == "measurement":
            columns |= {
                "value_as_number": pl.col("value"),
                "unit_concept_id": pl.col("unit_concept_id"),
            }
        tables[name] = events[domain].select(**columns).collect()
    sex = {"Female": 8532, "Male": 8507, "Unknown": 0}
    tables["person"] = person.select(
        "person_id", "year_of_birth", gender_concept_id=pl.col("sex").replace_strict(sex)
    )
    tables["observation_period"] = rows.select(
        "person_id",
        observation_period_start_date=(
            pl.col("index_day") - pl.col("days_of_prior_observation")
        ).cast(pl.Date),
        observation_period_end_date=pl.col("index_day").cast(pl.Date),
    )
    tables["concept"] = pl.DataFrame({"concept_id": [12], "concept_name": ["Twelve"]})
    return tables


def test_names_say_what_was_measured_of_what_and_when(tmp_path: Path):
    measurement = """
        measurement_id | person_id | measurement_concept_id | measurement_date | value_as_concept_id
        ---------------+-----------+------------------------+------------------+--------------------
                     1 |         1 |                     11 | 2020-06-14       |                  21
    """
    made = of_settings(
        """
        people: [age, sex, index_year, index_month]
        analyses:
          - {id: 813, domain: condition, measures: [any, days_since_latest], windows: [30]}
          - {id: 815, domain: condition, measures: [count], windows: [any], roll_up: [100]}
          - {id: 816, domain: measurement, measures: [value_as_concept], windows: [-9 to -1]}
          - {id: 817, domain: condition, measures: [distinct_concepts, count], by: domain,
             name: diagnoses}
          - {id: 850, domain: cohort, measures: [any], cohorts: [{id: 11, name: Heart failure}]}
        """,
        tmp_path,
        1,
        concept=CONCEPT,
        condition_occurrence=CONDITION,
        measurement=measurement,
        cohort="""
            cohort_definition_id | subject_id | cohort_start_date | cohort_end_date
            ---------------------+------------+-------------------+----------------
                              11 |          1 | 2020-01-01        | 2020-12-31
        """,
        concept_ancestor="""
            ancestor_concept_id | descendant_concept_id | min_levels_of_separation
            --------------------+-----------------------+-------------------------
                            100 |                    11 |                        1
        """,
    )

    assert by_name(made) == {
        "Age in years": 60,
        "Sex: Male": 1,
        "Year of index": 2020,
        "Month of index": 6,
        "Asthma: recorded in the last 30 days": 1,
        "Asthma: days since the latest in the last 30 days": 1,
        "Lung disease and what belongs to it: times recorded at any time before": 1,
        "Asthma = Positive: measured in the last 9 days": 1,
        "Diagnoses: distinct concepts at any time before": 1,
        "Diagnoses: times recorded at any time before": 1,
        "Heart failure: entered at any time before": 1,
    }
    assert made.covariate_ref.filter(pl.col("analysis_id") == 817)["concept_id"].to_list() == [0]


def test_the_certificate_names_the_latest_day_read_and_the_use_of_day_0(tmp_path: Path):
    made = of_settings(
        """
        is_day_0_allowed: true
        analyses:
          - {id: 813, domain: condition, measures: [count], windows: [any, any to 0, any to -2]}
        """,
        tmp_path,
        1,
        condition_occurrence=CONDITION,
    )

    assert made.certificate.select(
        "analysis_id", "n_rows_read", "latest_day", "last_day_allowed", "is_day_0_asked_for"
    ).rows() == [
        (813, 1, -1, -1, False),
        (814, 2, 0, 0, True),
        (815, 0, None, -2, False),
    ]
    assert values(made, 813, 814, 815) == {(10, 11813): 1, (10, 11814): 2}


def test_one_row_of_the_future_that_is_read_stops_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(
        definition,
        "keep_lookback",
        lambda joined, last_day: joined.with_columns(
            days=definition.nw.col("day") - definition.nw.col("index_day")
        ),
    )

    with pytest.raises(RunFailedError, match=r"condition_any_any \(analysis 813\).*day 1"):
        of_settings(
            "analyses: [{id: 813, domain: condition, measures: [any]}]",
            tmp_path,
            1,
            condition_occurrence=CONDITION,
        )


def test_an_analysis_whose_id_would_leave_64_bits_is_refused_by_name_and_the_rest_goes_on(
    tmp_path: Path,
):
    condition = """
        condition_occurrence_id | person_id | condition_concept_id | condition_start_date
        ------------------------+-----------+----------------------+---------------------
                              1 |         1 |  9223372036854775807 | 2020-06-14
                              2 |         2 |                   11 | 2020-06-14
                              3 |         2 |                  -11 | 2020-05-14
    """
    made = of_settings(
        """
        analyses:
          - {id: 813, domain: condition, measures: [any], windows: [any, any to -9]}
          - {id: 815, domain: condition, measures: [count], by: domain}
        """,
        tmp_path,
        1,
        2,
        condition_occurrence=condition,
    )

    assert values(made, 813) == {}
    assert values(made, 814) == {(20, -10186): 1}
    assert values(made, 815) == {(10, 1815): 1, (20, 1815): 2}
    assert [each for each in made.warnings if "refused" in each] == [
        "condition_any_any (analysis 813) was refused: a covariate id of it would leave 64 bits. "
        "All other analyses were made."
    ]


def test_of_two_values_on_a_day_the_one_with_the_highest_key_is_the_latest(tmp_path: Path):
    keys = [9_000_000_000_000_000_001, 9_000_000_000_000_000_000, 1]
    measurement = pl.DataFrame(
        {
            "measurement_id": keys,
            "person_id": 1,
            "measurement_concept_id": 11,
            "measurement_date": date(2020, 6, 1),
            "value_as_number": [5.0, 9.0, 7.0],
        }
    )
    text = (
        "units: as_recorded\n"
        "analyses: [{id: 813, domain: measurement, measures: [first_value, latest_value]}]"
    )

    made = of_settings(text, tmp_path, 1, measurement=measurement)
    without_keys = of_settings(text, tmp_path, 1, measurement=measurement.drop("measurement_id"))

    assert values(made, 813, 814) == {(10, 11813): 7, (10, 11814): 5}
    assert values(without_keys, 813, 814) == {(10, 11813): 5, (10, 11814): 9}
    assert without_keys.covariates.height == 2


def test_missing_tables_are_empty_and_that_is_said(tmp_path: Path):
    made = of_settings(
        "analyses: [{id: 813, domain: device, measures: [any], include: [5]}]", tmp_path, 1
    )

    assert made.covariates.is_empty()
    assert made.analysis_ref["analysis_id"].to_list() == [813]
    assert "this CDM has no table device_exposure: it was taken as empty" in made.warnings
    assert "this CDM has no table concept_ancestor: it was taken as empty" in made.warnings


def test_of_measured_values_a_small_count_is_not_told_nor_a_total(tmp_path: Path):
    """Twelve glucose values taken, three beyond belief, twelve in a unit that nobody knows."""
    kept, unbelievable = [90.0] * 12, [1e9] * 3
    measurement = pl.DataFrame(
        {
            "person_id": 1,
            "measurement_concept_id": 3004501,
            "measurement_date": date(2020, 6, 1),
            "value_as_number": [*kept, *unbelievable, *kept],
            "unit_concept_id": [8840] * 15 + [77] * 12,
        }
    )

    made = of_settings(
        "analyses: [{id: 813, domain: measurement, measures: [mean]}]",
        tmp_path,
        1,
        measurement=measurement,
    )

    assert [each for each in made.warnings if "measured values" in each] == [
        "measured values of this CDM: 12 taken as recorded, 12 set aside for want of a conversion, "
        "fewer than 11 set aside as implausible"
    ]
