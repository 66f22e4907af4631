"""Real and shared CDMs: known faults are found with their known counts, and nothing crashes."""

from functools import cache

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.quality import QualityReport, check
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.shared import shared_agreement, shared_data

pytestmark = pytest.mark.needs_shared
CONTRACTS = load_contracts("omop_cdm")


@cache
def check_shared(name: str) -> QualityReport:
    return check(open_cdm(shared_data(name)), CONTRACTS, Settings(memory_gib=2.0, threads=1))


def counts(report: QualityReport) -> dict[str, int | None]:
    return {found.check_id: found.n_violated for found in report.breaches}


def test_gibleed_has_events_outside_observation_and_a_drug_before_birth():
    # shared/data/README.md lists these faults: 85 conditions and 80 drugs outside observation,
    # one drug before the year of birth, no deaths. Its 2,649 periods of people who are not there
    # are among OHDSI's checks.
    report = check_shared("gibleed")
    found = counts(report)

    assert found["condition_occurrence.inside_observation"] == 85
    assert found["drug_exposure.inside_observation"] == 80
    assert found["drug_exposure.not_before_birth"] == 1
    assert report.n_rows["person"] == 2_694
    assert report.errors == ()
    assert not report.stops_build
    assert not report.stops_run


IN_AGREEMENT = pytest.mark.agreement


@pytest.mark.parametrize(
    "name",
    [
        "mimic_iv_demo",
        *(
            pytest.param(name, marks=IN_AGREEMENT)
            for name in ("synthea1k", "synthea27nj", "synthea_fhir_r4")
        ),
    ],
)
def test_a_cdm_that_lacks_tables_or_is_of_version_5_3_can_be_built_and_run(name):
    report = check_shared(name)

    assert report.errors == ()
    assert not report.stops_build
    assert not report.stops_run
    assert report.breaches


@IN_AGREEMENT
def test_the_breaches_of_a_dirty_cdm_are_named():
    report = check_shared("synthea1k_dirty")
    found = counts(report)

    assert report.errors == ()
    assert not report.stops_build
    assert found["device_exposure.not_before_birth"] == 1_220
    assert found["device_exposure.inside_observation"] == 2_959
    assert found["observation.observation_concept_is_mapped"] == 7_074


@pytest.mark.parametrize(
    "name",
    ["dirty27", "gibleed", "mimic_iv_demo", pytest.param("synthea_fhir_r4", marks=IN_AGREEMENT)],
)
def test_counts_agree_with_the_data_quality_dashboard(name):
    """DataQualityDashboard 2.8.4 counted the same rules on the same rows.

    Left out: events after death (theirs counts a row once for each death record) and tables or
    columns that the CDM lacks.
    """
    reference = pl.read_parquet(
        shared_agreement("dataqualitydashboard") / f"{name}.parquet",
        columns=["check_name", "table", "field", "num_violated_rows", "is_error"],
    )
    theirs = {
        (row["check_name"], row["table"].lower(), (row["field"] or "").lower()): row[
            "num_violated_rows"
        ]
        for row in reference.filter(~pl.col("is_error")).to_dicts()
    }
    compared = {}
    for found in check_shared(name).findings:
        key = in_their_words(found.check_id)
        if key in theirs and found.n_violated is not None:
            compared[found.check_id] = (found.n_violated, theirs[key])

    assert len(compared) >= 10
    assert {check: pair for check, pair in compared.items() if pair[0] != pair[1]} == {}


STARTS = {
    "condition_occurrence": "condition_start_date",
    "drug_exposure": "drug_exposure_start_date",
    "procedure_occurrence": "procedure_date",
    "measurement": "measurement_date",
    "observation": "observation_date",
    "device_exposure": "device_exposure_start_date",
    "visit_occurrence": "visit_start_date",
    "visit_detail": "visit_detail_start_date",
    "death": "death_date",
    "drug_era": "drug_era_start_date",
    "condition_era": "condition_era_start_date",
    "dose_era": "dose_era_start_date",
    "episode": "episode_start_date",
    "payer_plan_period": "payer_plan_period_start_date",
    "observation_period": "observation_period_start_date",
}


def in_their_words(check_id: str) -> tuple[str, str, str] | None:
    table, *_, rule = check_id.split(".")
    names = {
        "not_before_birth": "plausibleAfterBirth",
        "ends_on_or_after_start": "plausibleStartBeforeEnd",
    }
    if rule in names:
        return names[rule], table, STARTS[table]
    return None
