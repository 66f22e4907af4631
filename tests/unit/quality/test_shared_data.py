"""Real and shared CDMs: known faults are found with their known counts, and nothing crashes."""

from functools import cache

import pytest

from analytics.contracts import load_contracts
from analytics.quality import QualityReport, check
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.shared import shared_data

pytestmark = pytest.mark.needs_shared
CONTRACTS = load_contracts("omop_cdm")


@cache
def check_shared(name: str) -> QualityReport:
    return check(open_cdm(shared_data(name)), CONTRACTS, Settings(memory_gib=2.0, threads=1))


def counts(report: QualityReport) -> dict[str, int | None]:
    return {found.check_id: found.n_violated for found in report.breaches}


def test_gibleed_has_events_outside_observation():
    # shared/data/README.md lists these faults: 85 conditions and 80 drugs outside observation, no
    # deaths. Its drug before birth and its 2,649 periods of people who are not there are among
    # OHDSI's checks.
    report = check_shared("gibleed")
    found = counts(report)

    assert found["condition_occurrence.inside_observation"] == 85
    assert found["drug_exposure.inside_observation"] == 80
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
    assert found["device_exposure.inside_observation"] == 2_959
