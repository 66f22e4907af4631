"""Do we give the answers of DataQualityDashboard 2.8.4 on the same CDM and day?

Each check's id, rows that break it, rows looked at, and status. `dirty27`, whose planted faults
reach every kind of check and its boundaries, runs in `make test`, the others in `make agreement`.
Run with `-s` to see how many are equal, by kind of check.
"""

import pytest

from analytics.quality import check as check_contracts
from analytics.quality.run_checks import run_checks
from analytics.warehouse import open_cdm
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
N_PEOPLE_OF_GIBLEED = 2_694
OF_PEOPLE = ("isRequired", "isForeignKey", "plausibleAfterBirth")


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
    files = open_cdm(shared_data("gibleed"))
    with postgres_server() as server:
        server.load(files.path, "gibleed")
        address = read_address(server.url("gibleed"))
        run = run_checks(address, today=TODAY, reading="dqd")
        rules, also_rules = (found_by_rules(cdm) for cdm in (files, address))
        drawn, also_drawn = (
            counted(run_checks(cdm, today=TODAY, only=OF_PEOPLE, sample=0.1))
            for cdm in (files, address)
        )

    comparison = compare(run, answers("gibleed"))
    assert comparison.filter(~comparison["is_equal"]).rows() == []
    assert comparison.height == 2_374
    assert len(rules) > 10
    assert also_rules == rules
    assert also_drawn == drawn
    people = drawn["field_isrequired_person_person_id"][1]
    assert 0.08 < people / N_PEOPLE_OF_GIBLEED < 0.12


def found_by_rules(cdm):
    """What our own rules found; that every value fits is asked only where one might not."""
    return {
        one.check_id: (one.status, one.n_violated, one.n_rows, one.examples)
        for one in check_contracts(cdm).findings
        if not (one.check_id.endswith("values_fit") and one.status == "passed")
    }


def counted(run):
    return {
        one.check.check_id: (one.num_violated_rows, one.num_denominator_rows, one.status)
        for one in run.results
    }
