"""Each clause of each contract was seen to hold on clean rows and to fail on a planted breach."""

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.quality import QualityReport, check
from analytics.quality.clauses import list_checks
from analytics.quality.structure import compare_structure
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from tests.support.plainly_quality import count_breaking
from tests.support.tiny_cdm import Tables, broken_cdm, clean_cdm, frames, write_parquet

SETTINGS = Settings(memory_gib=1.0)


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> QualityReport:
    folder = write_parquet(tmp_path_factory.mktemp("clean"), frames(clean_cdm()))
    return check(open_cdm(folder), settings=SETTINGS)


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> tuple[Tables, dict[str, str], QualityReport]:
    tables, planted = broken_cdm()
    folder = write_parquet(tmp_path_factory.mktemp("broken"), frames(tables))
    return tables, planted, check(open_cdm(folder), settings=SETTINGS)


def test_a_clean_cdm_keeps_every_clause(clean):
    assert [found.message for found in clean.findings if found.status != "passed"] == []
    assert all(found.n_violated == 0 for found in clean.findings)
    assert all(found.n_rows for found in clean.findings)
    assert not clean.stops_build
    assert not clean.stops_run


def test_every_clause_of_every_contract_is_checked(clean):
    _, planted = broken_cdm()

    assert {found.check_id for found in clean.findings} == set(planted)


def test_every_clause_fails_on_its_planted_breach(broken):
    _, planted, report = broken

    assert {found.check_id for found in report.breaches} == set(planted)
    assert report.errors == ()


def test_the_rows_that_break_a_clause_are_those_that_plain_counting_finds(broken):
    tables, planted, report = broken
    counted = {found.check_id: found.n_violated for found in report.breaches}

    assert counted == {check_id: count_breaking(tables, check_id) for check_id in planted}
    assert {found.n_rows for found in report.findings if found.table == "person"} == {
        len(tables["person"])
    }


def test_each_planted_row_alone_breaks_its_own_clause():
    # One planted breach beside clean rows at a time, so that none hides behind another's row.
    contracts = load_contracts("omop_cdm")
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
    _, planted, report = broken

    for found in report.breaches:
        if 1 <= (found.n_violated or 0) <= 5 and found.table != "cdm_source":
            assert planted[found.check_id] in found.examples, found.check_id
        assert len(found.examples) <= 5


def test_a_key_in_part_unknown_is_no_repetition():
    # DuckDB holds (null, 2) and (null, 2) to be equal rows; nobody knows that they are.
    tables = clean_cdm()
    lost = {**tables["concept_ancestor"][0], "ancestor_concept_id": None}
    tables["concept_ancestor"] += [lost, dict(lost)]
    contracts = load_contracts("omop_cdm")
    (asked,) = [
        one
        for one in list_checks(contracts, _as_the_contracts_say(contracts))
        if one.check_id == "concept_ancestor.unique"
    ]

    with duckdb.connect() as connection:
        connection.register(asked.table, frames(tables)[asked.table].to_arrow())
        found = connection.execute(f'select 1 from "{asked.table}" {asked.breaking}').fetchall()

    assert len(found) == count_breaking(tables, asked.check_id) == 0
