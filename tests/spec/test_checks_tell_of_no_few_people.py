"""Of a check no number is told where few people stand behind its rows, however many they are."""

from datetime import date

import duckdb
import pytest

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import list_quality_checks
from analytics.pipelines.publishing import publish_marts
from analytics.pipelines.steps import Silent
from analytics.quality.asked_database import asked_duckdb
from analytics.quality.measures import Circumstances, ask_for, is_there
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.command_line import catchment, worked
from tests.support.pictured_cdm import write_pictured_cdm
from tests.support.workspaces import published_marts

SMALLEST = 11
TODAY = date(2026, 11, 22)
CONTRACTS = load_contracts("omop_cdm", only_landed=False)
SETTINGS = Settings(memory_gib=1.0, threads=1)
START = "plausibleafterbirth_{0}_{1}_start_date"
CONDITIONS = f"field_{START.format('condition_occurrence', 'condition')}"
DRUGS = f"field_{START.format('drug_exposure', 'drug_exposure')}"
VISITS = f"field_{START.format('visit_occurrence', 'visit')}"


def people_behind(cdm, check_ids):
    """Of each check about people: who has a breaking row, and who of the table has none."""
    found = {}
    with asked_duckdb(open_cdm(cdm), CONTRACTS, SETTINGS) as database:
        given = Circumstances(reading="catchment", today=TODAY, catalogue=database.catalogue)
        connection = database.creator()
        checks = list_quality_checks(CONTRACTS, load_check_tables(), "5.4", "catchment")
        for one in checks:
            asking = ask_for(one, given)
            has_people = "person_id" in database.catalogue.get(one.table, {})
            if one.check_id in check_ids and has_people and is_there(asking.needs, given.catalogue):
                breaking, everybody = (
                    set(connection.execute(f"select distinct person_id from {rows}").fetchall())
                    for rows in (f"({asking.rows})", one.table)
                )
                found[one.check_id] = len(breaking), len(everybody - breaking)
    return found


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["gibleed", "mimic_iv_demo"])
def test_a_share_is_of_rounded_counts(name, request):
    """Of exact rows the shares of two checks of a table would tell how many one does not ask."""
    answered = request.getfixturevalue(name)
    told = answered.published(
        "select check_id, n_violated, share from ohdsi_check where n_violated is not null"
    )
    with duckdb.connect(str(answered.workspace / "warehouse.duckdb"), read_only=True) as connection:
        rows = dict(connection.sql("select check_id, n_rows from results.ohdsi_check").fetchall())

    assert told
    for check_id, n_violated, share in told:
        n_rows = (rows[check_id] + SMALLEST // 2) // SMALLEST * SMALLEST
        expected = pytest.approx(min(1, n_violated / n_rows), abs=0.0006) if n_rows else None
        assert share == expected, check_id


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["gibleed", "mimic_iv_demo"])
def test_what_is_told_of_a_real_cdm_is_of_many_people(name, request):
    answered = request.getfixturevalue(name)
    told = answered.published("select check_id from ohdsi_check where n_violated is not null")

    behind = people_behind(answered.cdm, {check_id for (check_id,) in told})

    assert behind
    assert [one for one, parts in behind.items() if any(0 < n < SMALLEST for n in parts)] == []


def table_of(name, start, records):
    """A picture with a record for each (person, day)."""
    column = {"drug_exposure": "drug_exposure", "visit_occurrence": "visit"}.get(name, "condition")
    lines = [f"{person} | {day} | {day} | 0" for person, day in records]
    head = f"person_id | {column}_start_date | {column}_end_date | {column}_concept_id"
    return "\n".join([head.replace("drug_exposure_concept", "drug_concept"), *lines])


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Forty people. Before birth: fifty conditions of one of them, fifty drugs of twenty-five, and
    every visit but the fifty of one person.
    """
    folder = tmp_path_factory.mktemp("few")
    people = range(1, 41)
    before, after = "1940-05-01", "2010-05-01"
    everybody = [(person, after) for person in people]
    cdm = write_pictured_cdm(
        folder / "cdm",
        person="\n".join(["person_id | year_of_birth", *(f"{n} | 1950" for n in people)]),
        observation_period="\n".join(
            [
                "person_id | observation_period_start_date | observation_period_end_date",
                *(f"{n} | 2009-01-01 | 2011-01-01" for n in people),
            ]
        ),
        condition_occurrence=table_of(
            "condition_occurrence", "condition", [*everybody, *[(7, before)] * 50]
        ),
        drug_exposure=table_of(
            "drug_exposure",
            "drug_exposure",
            [*everybody, *((n, before) for n in range(1, 26) for _ in "ab")],
        ),
        visit_occurrence=table_of(
            "visit_occurrence", "visit", [*((n, before) for n in people), *[(7, after)] * 50]
        ),
    )
    worked(catchment("build", "--cdm", cdm, "-w", folder / "w"))
    return folder / "w"


@pytest.mark.agreement
def test_fifty_rows_of_one_person_are_not_told_and_fifty_of_25_are(published):
    publish_marts(workspace=published, display=Silent())
    marts = published_marts(published)
    checks = {row["check_id"]: row for row in marts["ohdsi_check"].iter_rows(named=True)}

    assert {checks[one]["status"] for one in (CONDITIONS, DRUGS, VISITS)} == {"failed"}
    assert (checks[DRUGS]["n_violated"], checks[DRUGS]["is_suppressed"]) == (55, False)
    for withheld in (CONDITIONS, VISITS):
        told = [checks[withheld][name] for name in ("n_violated", "share", "is_past_limit")]
        assert told == [None] * 3, withheld
        assert checks[withheld]["is_suppressed"]
    with duckdb.connect(str(published / "warehouse.duckdb"), read_only=True) as connection:
        true = dict(
            connection.sql("select check_id, n_violated from results.ohdsi_check").fetchall()
        )
    assert (true[CONDITIONS], true[DRUGS], true[VISITS]) == (50, 50, 40)
