"""Each kind of check, one row just inside and one just outside."""

from collections import defaultdict

import duckdb
import pytest

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import list_quality_checks
from analytics.quality.asked_database import asked_duckdb
from analytics.quality.measures import ASKERS, Circumstances, ask_for
from analytics.quality.run_checks import query_for_rows, run_checks
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from analytics.warehouse.postgres_address import read_address
from tests.support.check_boundaries import CONDITION, EXPECTED, TODAY, write_boundaries
from tests.support.postgres import postgres_server

CONTRACTS = load_contracts("omop_cdm", only_landed=False)
SETTINGS = Settings(memory_gib=1.0, threads=1)


@pytest.fixture(scope="module")
def cdm(tmp_path_factory):
    return open_cdm(write_boundaries(tmp_path_factory.mktemp("cdm")))


@pytest.fixture(scope="module")
def results(cdm):
    run = run_checks(
        cdm,
        today=TODAY,
        reading="dqd",
        only=tuple(EXPECTED),
        contracts=CONTRACTS,
        settings=SETTINGS,
    )
    return {one.check.check_id: one for one in run.results}


@pytest.mark.parametrize("check_id", EXPECTED)
def test_what_is_inside_passes_and_what_is_outside_does_not(results, check_id):
    one = results[check_id]

    assert (one.num_violated_rows, one.num_denominator_rows, one.status) == EXPECTED[check_id]


def test_each_of_the_27_kinds_fails_once_and_passes_once():
    kinds = {name.lower(): name for name in ASKERS}
    seen = defaultdict(set)
    for check_id, (_, _, status) in EXPECTED.items():
        seen[kinds[check_id.split("_")[1]]].add(status)

    # Of these two there is one check: people inside and outside are in its two numbers.
    alone = {"measureObservationPeriodOverlap", "measureConditionEraCompleteness"}
    assert set(ASKERS) == set(load_check_tables().types) == set(seen)
    assert len(seen) == 27
    assert {kind for kind, statuses in seen.items() if statuses != {"passed", "failed"}} == alone


def test_the_rows_behind_a_check_are_as_many_as_it_counted(cdm):
    with asked_duckdb(cdm, CONTRACTS, SETTINGS) as database:
        given = Circumstances(reading="dqd", today=TODAY, catalogue=database.catalogue)
        checks = [
            check
            for check in list_quality_checks(CONTRACTS, load_check_tables(), "5.4")
            if check.check_id in EXPECTED
        ]
        connection = database.creator()
        asked = {check.check_id: ask_for(check, given) for check in checks}
        found = {
            check_id: len(connection.execute(asking.rows).fetchall())
            for check_id, asking in asked.items()
        }
        looked_at = {
            check_id: len(connection.execute(rows).fetchall())
            for check_id, asking in asked.items()
            if (rows := asking.looked_at.rows)
        }

    # What is lacking cannot be counted, and is one row here.
    assert found == {
        check_id: 1 if breaking is None else breaking
        for check_id, (breaking, _, _) in EXPECTED.items()
    }
    assert looked_at == {check_id: EXPECTED[check_id][1] for check_id in looked_at}
    assert set(EXPECTED) - set(looked_at) == {
        check_id
        for check_id in EXPECTED
        if check_id.startswith(("table_cdmtable", "field_cdmfield"))
    }


def test_the_query_for_rows_runs_by_itself(cdm):
    check_id = f"field_plausiblebeforedeath_{CONDITION}_start_date"

    query = query_for_rows(cdm, check_id, today=TODAY, contracts=CONTRACTS)

    assert query.startswith("-- One row for each row that breaks field_plausiblebeforedeath")
    with duckdb.connect() as connection:
        ((found_id, *_),) = connection.execute(query).fetchall()
    assert found_id == 2


def test_what_a_missing_table_leaves_open_is_an_error_there_and_not_checked_here(cdm, tmp_path):
    for name in ("person", "condition_occurrence", "concept"):
        (tmp_path / f"{name}.parquet").symlink_to(cdm.path / f"{name}.parquet")
    without = open_cdm(tmp_path)
    kind = ["plausibleGenderUseDescendants"]

    theirs = run_checks(without, today=TODAY, reading="dqd", only=kind, contracts=CONTRACTS)
    ours = run_checks(without, today=TODAY, only=kind, contracts=CONTRACTS)

    assert theirs.counts == {"error": 2, "not_applicable": 2}
    assert ours.counts == {"not_checked": 2, "not_applicable": 2}
    assert ours.notes == ("The CDM has no table concept_ancestor. 2 checks were not made.",)


@pytest.mark.needs_postgres
def test_postgres_gives_the_same_answers(cdm, results):
    with postgres_server() as server:
        server.load(cdm.path, "cdm")
        address = read_address(server.url("cdm"))
        on_postgres = run_checks(
            address, today=TODAY, reading="dqd", only=tuple(EXPECTED), contracts=CONTRACTS
        )
        one = f"field_plausiblebeforedeath_{CONDITION}_start_date"
        shown = query_for_rows(address, one, today=TODAY, contracts=CONTRACTS)
        (_, rows) = shown.split(";", 1)
        assert len(server.run(f'set search_path to "cdm"; {rows}')) == 1

    assert {
        one.check.check_id: (one.num_violated_rows, one.num_denominator_rows, one.status)
        for one in on_postgres.results
    } == EXPECTED
