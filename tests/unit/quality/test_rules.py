"""Each clause of each contract was seen to hold on clean rows and to fail on a planted breach.

The house's own are asked by `check`; that a value is there, a key, a reference by `run_checks`.
"""

from dataclasses import dataclass

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.contracts.quality_checks import OF_ROWS
from analytics.quality import QualityReport, check
from analytics.quality.check_result import CheckRun
from analytics.quality.clauses import list_checks
from analytics.quality.fit_checks import ANY_DAY
from analytics.quality.run_checks import run_checks
from analytics.quality.structure import compare_structure
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.plainly_quality import count_breaking
from tests.support.tiny_cdm import Tables, broken_cdm, clean_cdm, frames, write_parquet

SETTINGS = Settings(memory_gib=1.0, threads=1)
CONTRACTS = load_contracts("omop_cdm")
EVERYTHING = load_contracts("omop_cdm", only_landed=False)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A CDM, what was planted in it, and what both kinds of checks say of it."""

    tables: Tables
    planted: dict[str, str]
    report: QualityReport
    run: CheckRun

    @property
    def broken(self) -> dict[str, int | None]:
        """How many rows break each clause that is broken."""
        own = {found.check_id: found.n_violated for found in self.report.breaches}
        return own | {
            one.check.check_id: one.num_violated_rows for one in self.run.with_status("failed")
        }


def checked(folder, tables: Tables, planted: dict[str, str]) -> Checked:
    cdm = open_cdm(write_parquet(folder, frames(tables)))
    return Checked(
        tables=tables,
        planted=planted,
        report=check(cdm, CONTRACTS, SETTINGS),
        run=run_checks(cdm, today=ANY_DAY, only=OF_ROWS, contracts=EVERYTHING, settings=SETTINGS),
    )


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Checked:
    return checked(tmp_path_factory.mktemp("clean"), clean_cdm(), {})


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> Checked:
    return checked(tmp_path_factory.mktemp("broken"), *broken_cdm())


def test_a_clean_cdm_keeps_every_clause(clean):
    report = clean.report

    assert [found.message for found in report.findings if found.status != "passed"] == []
    assert all(found.n_violated == 0 for found in report.findings)
    assert all(found.n_rows for found in report.findings)
    assert not report.stops_build
    assert not report.stops_run
    assert clean.broken == {}


def test_every_clause_of_every_contract_is_checked(clean):
    _, planted = broken_cdm()
    passed = {one.check.check_id for one in clean.run.with_status("passed")}

    own = {check_id for check_id in planted if "." in check_id}
    assert {found.check_id for found in clean.report.findings} == own
    assert set(planted) - own <= passed


def test_every_clause_fails_on_its_planted_breach_and_no_other(broken):
    assert set(broken.broken) == set(broken.planted)
    assert broken.report.errors == ()
    assert broken.run.with_status("error") == ()


def test_the_rows_that_break_a_clause_are_those_that_plain_counting_finds(broken):
    tables = broken.tables

    assert broken.broken == {one: count_breaking(tables, one) for one in broken.planted}
    assert {found.n_rows for found in broken.report.findings if found.table == "person"} == {
        len(tables["person"])
    }


def test_each_planted_row_alone_breaks_its_own_clause():
    # One planted breach beside clean rows at a time, so that none hides behind another's row.
    contracts = CONTRACTS
    tables, planted = broken_cdm()
    clean, everything = frames(clean_cdm()), frames(tables)
    unseen = []
    with duckdb.connect() as connection:
        for name, rows in clean.items():
            connection.register(name, rows.to_arrow())
        for one in list_checks(contracts, _as_the_contracts_say(contracts)):
            added = everything[one.table][clean[one.table].height :]
            mine = added.filter(_key(added, contracts[one.table].grain) == planted[one.check_id])
            connection.register(one.table, pl.concat([clean[one.table], mine]).to_arrow())
            found = connection.execute(f'select 1 from "{one.table}" {one.breaking}').fetchall()
            connection.register(one.table, clean[one.table].to_arrow())
            if not found:
                unseen.append(one.check_id)

    assert unseen == []


def _as_the_contracts_say(contracts):
    catalogue = {
        name: {column.name: column.physical_type for column in contract.columns}
        for name, contract in contracts.items()
    }
    return compare_structure(catalogue, contracts).columns


def _key(rows: pl.DataFrame, grain: tuple[str, ...]) -> pl.Series:
    parts = [pl.col(name).cast(pl.String).fill_null("None") for name in grain]
    return rows.select(pl.concat_str(parts, separator=", ") if parts else pl.lit("")).to_series()


def test_examples_are_the_ids_of_breaking_rows(broken):
    for found in broken.report.breaches:
        if 1 <= (found.n_violated or 0) <= 5:
            assert broken.planted[found.check_id] in found.examples, found.check_id
        assert len(found.examples) <= 5


def test_a_key_in_part_unknown_is_no_repetition():
    # DuckDB holds (null, 2) and (null, 2) to be equal rows; nobody knows that they are.
    tables = clean_cdm()
    lost = {**tables["concept_ancestor"][0], "ancestor_concept_id": None}
    tables["concept_ancestor"] += [lost, dict(lost)]
    contracts = CONTRACTS
    (asked,) = [
        one
        for one in list_checks(contracts, _as_the_contracts_say(contracts))
        if one.check_id == "concept_ancestor.unique"
    ]

    with duckdb.connect() as connection:
        connection.register(asked.table, frames(tables)[asked.table].to_arrow())
        found = connection.execute(f'select 1 from "{asked.table}" {asked.breaking}').fetchall()

    assert len(found) == count_breaking(tables, asked.check_id) == 0
