"""Do we give the answers of DataQualityDashboard 2.8.4 on the same CDM and day?

Each check's id, rows that break it, rows looked at, and status. `dirty27`, whose planted faults
reach every kind of check and its boundaries, runs in `make test`, the others in `make agreement`.
Run with `-s` to see how many are equal, by kind of check.
"""

import pytest

from analytics.quality.run_checks import run_checks
from analytics.warehouse.postgres_address import read_address
from tests.support.data_quality import (
    FILLED,
    TODAY,
    answers,
    by_check_type,
    compare,
    filled,
    run_dqd,
)
from tests.support.postgres import postgres_server
from tests.support.shared import shared_data

pytestmark = pytest.mark.needs_shared

AS_IS = [
    "gibleed",
    "mimic_iv_demo",
    "synthea110",
    "synthea1k",
    "synthea1k_dirty",
    "synthea27nj",
    "synthea_fhir_r4",
]
WITH_ALL_TABLES = ["gibleed", "mimic_iv_demo", "synthea110", "synthea1k", "synthea_fhir_r4"]
N_CHECKS = {"mimic_iv_demo": 1_995}


def check(name, folder, expected):
    comparison = compare(run_dqd(folder), expected)
    print(f"\n{name}\n", by_check_type(comparison).rows())
    assert comparison.filter(~comparison["is_equal"]).rows() == []
    assert comparison.height == expected.height == N_CHECKS.get(name, 2_374)


def test_every_check_of_the_dirty_cdm_is_answered_as_by_dataqualitydashboard():
    check("dirty27", shared_data("dirty27"), answers("dirty27"))


@pytest.mark.agreement
@pytest.mark.parametrize("name", AS_IS)
def test_every_check_of_a_cdm_is_answered_as_by_dataqualitydashboard(name):
    check(name, shared_data(name), answers(name))


@pytest.mark.agreement
@pytest.mark.parametrize("name", WITH_ALL_TABLES)
def test_a_cdm_whose_absent_tables_are_empty_is_answered_alike(name, tmp_path):
    check(name, filled(name, tmp_path), answers(name + FILLED))


@pytest.mark.agreement
@pytest.mark.needs_postgres
def test_postgres_gives_the_same_answers_on_gibleed():
    with postgres_server() as server:
        server.load(shared_data("gibleed"), "gibleed")
        run = run_checks(read_address(server.url("gibleed")), today=TODAY, reading="dqd")

    comparison = compare(run, answers("gibleed"))
    assert comparison.filter(~comparison["is_equal"]).rows() == []
    assert comparison.height == 2_374
