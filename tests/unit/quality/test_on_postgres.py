"""On PostgreSQL our own rules, samples and runs that were killed give what they give on DuckDB."""

from contextlib import closing
from datetime import date

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError, ContractBreachError
from analytics.quality import asking, check
from analytics.quality.asked_postgres import source_on_postgres
from analytics.quality.check import query_for_rule
from analytics.quality.dqd_results import read_cdm_source
from analytics.quality.kept_answers import KeptAnswers
from analytics.quality.run_checks import run_checks
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from analytics.warehouse.postgres_address import read_address
from analytics.warehouse.postgres_cohorts import open_connection
from tests.support.postgres import postgres_server
from tests.support.tiny_cdm import broken_cdm, clean_cdm, frames, write_parquet

pytestmark = pytest.mark.needs_postgres

TODAY = date(2026, 11, 22)
EVERY_CONTRACT = load_contracts("omop_cdm")
FEW = (
    *("person", "observation_period", "death", "visit_occurrence", "condition_occurrence"),
    *("drug_exposure", "measurement", "concept_relationship", "cdm_source"),
)
CONTRACTS = {name: EVERY_CONTRACT[name] for name in FEW}
SETTINGS = Settings(memory_gib=1.0, threads=1)
OF_PEOPLE = (
    "field_isrequired_person_person_id",
    "field_isrequired_measurement_measurement_date",
    "field_plausibleafterbirth_condition_occurrence_condition_start_date",
    "table_measurepersoncompleteness_visit_occurrence",
)
DAYS = (
    *("2020-02-29", "2021-02-29", "2020-1-5", "2020-01-05 10:30:00", "2020-01-05 x", "2020-13-01"),
    *("last week", "31.12.2020", "", "2020-06-31", " 2020-03-01 ", "2020-03-01T09:00:00"),
)
NUMBERS = (
    *("1950", "1950.0", "1950.5", "x", "", "99999999999"),
    *("-7", "1e3", " 12 ", "12a", ".", "--1"),
)


@pytest.fixture(scope="module")
def server():
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="module")
def broken(server, tmp_path_factory):
    """The same CDM, with each clause broken once, in files and on the server."""
    tables, _ = broken_cdm()
    few = frames({name: tables[name] for name in FEW})
    folder = write_parquet(tmp_path_factory.mktemp("broken"), few)
    server.load(folder, "broken")
    return open_cdm(folder), read_address(server.url("broken"))


def said(report):
    """What was found; that every value fits is asked only of columns where one might not."""
    return {
        one.check_id: (one.status, one.n_violated, one.n_rows, one.message, one.examples)
        for one in report.findings
        if not (one.check_id.endswith("values_fit") and one.status == "passed")
    }


def counted(run):
    return {
        one.check.check_id: (one.num_violated_rows, one.num_denominator_rows, one.status)
        for one in run.results
    }


def test_our_own_rules_find_the_same_rows(broken):
    files, address = broken

    on_duckdb, on_postgres = (
        check(cdm, CONTRACTS, SETTINGS, with_people=True) for cdm in (files, address)
    )

    assert on_postgres.errors == ()
    assert len(on_postgres.breaches) >= 10
    assert said(on_postgres) == said(on_duckdb)
    assert on_postgres.n_rows == on_duckdb.n_rows
    assert {one.check_id: one.behind for one in on_postgres.breaches} == {
        one.check_id: one.behind for one in on_duckdb.breaches
    }


def test_the_sql_behind_a_rule_of_our_own_runs_by_itself(broken):
    files, address = broken
    rule = "person.is_observed"
    (found,) = (one for one in check(files, CONTRACTS, SETTINGS).breaches if one.check_id == rule)

    with closing(open_connection(address)) as connection, connection.cursor() as cursor:
        cursor.execute(query_for_rule(address, rule, CONTRACTS))
        rows = cursor.fetchall()

    assert len(rows) == found.n_violated > 0


def test_the_cdm_says_the_same_of_itself(broken):
    files, address = broken

    assert source_on_postgres(address) == read_cdm_source(files) != []


def test_a_sample_is_of_the_same_people(broken):
    files, address = broken

    drawn, also_drawn, everybody = (
        counted(run_checks(cdm, today=TODAY, only=OF_PEOPLE, sample=sample, settings=SETTINGS))
        for cdm, sample in ((files, 0.5), (address, 0.5), (files, 1.0))
    )

    one = "field_isrequired_person_person_id"
    assert also_drawn == drawn
    assert 0 < drawn[one][1] < everybody[one][1]


def test_what_fits_its_type_is_the_same(server, tmp_path):
    clean = clean_cdm()
    tables = frames({name: clean[name] for name in FEW})
    folder = tmp_path / "cdm"
    folder.mkdir()
    visits = pl.concat([tables["visit_occurrence"][:1]] * len(DAYS)).with_columns(
        pl.arange(1, len(DAYS) + 1).alias("visit_occurrence_id"),
        pl.Series("visit_start_date", DAYS),
        pl.Series("visit_start_datetime", DAYS),
    )
    people = pl.concat([tables["person"][:1]] * len(NUMBERS)).with_columns(
        pl.arange(1, len(NUMBERS) + 1).alias("person_id"),
        pl.Series("year_of_birth", NUMBERS),
        pl.Series("month_of_birth", [1.0, 1.5, float("nan"), 3e9] * 3),
    )
    drugs = tables["drug_exposure"].with_columns(pl.Series("quantity", ["1.5", "1,5", "2"]))
    written = tables | {"visit_occurrence": visits, "person": people, "drug_exposure": drugs}
    write_parquet(folder, written)
    server.load(folder, "texts")

    on_duckdb, on_postgres = (
        check(cdm, CONTRACTS, SETTINGS)
        for cdm in (open_cdm(folder), read_address(server.url("texts")))
    )

    misfits = {one.check_id: one.n_violated for one in on_postgres.breaches}
    assert misfits["visit_occurrence.visit_start_date.values_fit"] == 7
    assert misfits["person.year_of_birth.values_fit"] == 7
    assert misfits["person.month_of_birth.values_fit"] == 9
    assert misfits["drug_exposure.quantity.values_fit"] == 1
    assert said(on_postgres) == said(on_duckdb)
    with pytest.raises(ContractBreachError, match=r"catchment check postgresql://.* --warehouse"):
        on_postgres.check_can_build()


def test_a_run_that_was_killed_goes_on_and_a_changed_cdm_is_asked_anew(
    broken, server, tmp_path, monkeypatch
):
    _, address = broken
    asked = {"today": TODAY, "only": ("death", "person"), "keep_in": tmp_path / "answers"}
    with monkeypatch.context() as killed:
        killed.setattr(KeptAnswers, "forget", lambda kept: None)
        whole = counted(run_checks(address, **asked))
    batches = []
    batch = asking._batch
    monkeypatch.setattr(asking, "_batch", lambda *given: batches.append(given) or batch(*given))

    with monkeypatch.context() as killed:
        killed.setattr(KeptAnswers, "forget", lambda kept: None)
        assert counted(run_checks(address, **asked)) == whole
    assert batches == []

    server.run("delete from broken.death")
    after = counted(run_checks(address, **asked))

    assert batches
    assert after["field_isrequired_death_death_date"][1] == 0
    assert after != whole
    assert not (tmp_path / "answers").exists()


def test_who_may_make_no_temporary_view_is_told_what_to_ask_for(server, tmp_path):
    server.load(write_parquet(tmp_path, frames({"person": clean_cdm()["person"]})), "closed")
    server.run(
        "create role reader login",
        "grant usage on schema closed to reader",
        "grant select on all tables in schema closed to reader",
        "revoke temporary on database postgres from public",
    )
    address = read_address(server.url("closed", user="reader"))

    assert run_checks(address, today=TODAY, only=("person",)).with_status("error") == ()
    with pytest.raises(BadInputError, match="grant temporary on database postgres to reader"):
        run_checks(address, today=TODAY, sample=0.5)
    with pytest.raises(BadInputError, match="grant temporary on database postgres to reader"):
        check(address, CONTRACTS, SETTINGS)
