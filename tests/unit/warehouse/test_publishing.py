"""The gate: small cells withheld, people in a file of their own, the pointer moved last."""

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError
from analytics.warehouse import Workspace, publish, published_folder, publishing, read_published
from analytics.warehouse.workspace import connect
from tests.support.tiny_cdm import DTYPES


def frame_of(contract, rows):
    return pl.DataFrame(rows, schema={c.name: DTYPES[c.physical_type] for c in contract.columns})


@pytest.fixture(scope="module")
def contracts():
    wanted = ("cohort_attrition", "risk_list")
    return {name: load_contracts("marts")[name] for name in wanted}


@pytest.fixture
def workspace(tmp_path, contracts):
    workspace = Workspace(root=tmp_path / "w")
    fill(workspace, contracts, n_people=4)
    return workspace


def fill(workspace, contracts, *, n_people):
    attrition = frame_of(
        contracts["cohort_attrition"],
        [
            {"cohort_name": "a", "rule_number": 1, "rule": "entry", "n_rows": 90, "n_people": 80},
            {
                "cohort_name": "b",
                "rule_number": 1,
                "rule": "entry",
                "n_rows": n_people,
                "n_people": n_people,
            },
        ],
    )
    risks = frame_of(contracts["risk_list"], [{"study": "s", "person_id": 7, "risk": 0.5}])
    with connect(workspace) as connection:
        connection.execute("create schema if not exists marts")
        for name, frame in {"cohort_attrition": attrition, "risk_list": risks}.items():
            connection.register("rows", frame.to_arrow())
            connection.execute(f"create or replace table marts.{name} as select * from rows")


def test_small_cells_are_withheld_and_large_ones_shown(workspace, contracts):
    publish(workspace, "run-1", contracts, 11)

    shown = read_published(workspace.published, "cohort_attrition").sort("cohort_name")
    assert shown["n_people"].to_list() == [80, None]
    assert shown["n_rows"].to_list() == [90, None]
    assert shown["is_suppressed"].to_list() == [False, True]


def test_a_smallest_cell_of_one_withholds_nothing(workspace, contracts):
    publish(workspace, "run-1", contracts, 1)

    shown = read_published(workspace.published, "cohort_attrition").sort("cohort_name")
    assert shown["n_people"].to_list() == [80, 4]


def test_people_are_in_a_file_of_their_own(workspace, contracts):
    folder = publish(workspace, "run-1", contracts, 11)

    def tables(file):
        with duckdb.connect(str(folder / file), read_only=True) as connection:
            return {row[0] for row in connection.execute("show tables").fetchall()}

    assert tables("aggregates.duckdb") == {"cohort_attrition"}
    assert tables("people.duckdb") == {"risk_list"}
    assert read_published(workspace.published, "risk_list")["person_id"].to_list() == [7]


def test_the_published_file_explains_itself_in_the_words_of_the_contract(workspace, contracts):
    folder = publish(workspace, "run-1", contracts, 11)

    with duckdb.connect(str(folder / "aggregates.duckdb"), read_only=True) as connection:
        (said,) = connection.execute(
            "select comment from duckdb_tables() where table_name = 'cohort_attrition'"
        ).fetchone()
        described = dict(
            connection.execute("select column_name, comment from duckdb_columns()").fetchall()
        )
    assert said == "One row for each cohort and rule of its definition."
    assert described["n_people"] == "People of whom at least one event remains after the rule."


def test_a_run_that_dies_while_writing_leaves_the_run_before_in_place(
    workspace, contracts, monkeypatch
):
    publish(workspace, "run-1", contracts, 11)
    before = read_published(workspace.published, "cohort_attrition")
    fill(workspace, contracts, n_people=44)

    write_frames = publishing._write

    def die_at_people(file, frames, contracts):
        if file.name == "people.duckdb":
            raise KeyboardInterrupt
        write_frames(file, frames, contracts)

    monkeypatch.setattr(publishing, "_write", die_at_people)
    with pytest.raises(KeyboardInterrupt):
        publish(workspace, "run-2", contracts, 11)
    monkeypatch.undo()

    assert published_folder(workspace.published).name == "run-1"
    assert read_published(workspace.published, "cohort_attrition").equals(before)

    publish(workspace, "run-2", contracts, 11)
    assert published_folder(workspace.published).name == "run-2"


def test_the_pointer_moves_after_the_folder_is_whole(workspace, contracts, monkeypatch):
    seen = []

    def look(published_root, run_folder):
        seen.extend(sorted(file.name for file in (published_root / run_folder).iterdir()))

    monkeypatch.setattr(publishing, "_point_to", look)
    publish(workspace, "run-1", contracts, 11)

    assert seen == ["aggregates.duckdb", "people.duckdb"]


def test_the_same_run_can_be_published_again(workspace, contracts):
    publish(workspace, "run-1", contracts, 11)
    fill(workspace, contracts, n_people=44)

    publish(workspace, "run-1", contracts, 11)

    assert read_published(workspace.published, "cohort_attrition")["n_people"].sum() == 124
    assert published_folder(workspace.published).name == "run-1.again"

    publish(workspace, "run-1", contracts, 11)

    assert published_folder(workspace.published).name == "run-1"
    assert sorted(entry.name for entry in workspace.published.iterdir()) == [
        "current",
        "run-1",
        "run-1.again",
    ]


def test_only_the_last_three_runs_are_kept(workspace, contracts):
    for number in range(1, 6):
        publish(workspace, f"run-{number}", contracts, 11)

    kept = sorted(entry.name for entry in workspace.published.iterdir())
    assert kept == ["current", "run-3", "run-4", "run-5"]


def test_a_mart_without_a_disclosure_section_is_not_published(workspace, contracts):
    from dataclasses import replace

    undecided = contracts | {
        "cohort_attrition": replace(contracts["cohort_attrition"], disclosure=None)
    }
    with pytest.raises(BadInputError, match="cohort_attrition do not say how they are disclosed"):
        publish(workspace, "run-1", undecided, 11)

    assert not (workspace.published / "current").exists()


def test_reading_before_anything_is_published_says_what_to_do(tmp_path):
    with pytest.raises(BadInputError, match=r"Nothing is published .* catchment run"):
        read_published(tmp_path, "risk_list")


def test_an_unknown_mart_offers_the_near_miss(workspace, contracts):
    publish(workspace, "run-1", contracts, 11)

    with pytest.raises(BadInputError, match="Did you mean 'risk_list'"):
        read_published(workspace.published, "risk_lists")


def test_marts_without_a_row_are_published_empty(tmp_path):
    """A CDM that no study has been run on yet has such marts."""
    contracts = load_contracts("marts")
    workspace = Workspace(root=tmp_path / "w")
    with connect(workspace) as connection:
        connection.execute("create schema marts")
        for name, contract in contracts.items():
            connection.register("rows", frame_of(contract, []).to_arrow())
            connection.execute(f"create table marts.{name} as select * from rows")

    publish(workspace, "run-1", contracts, 11)

    for name in contracts:
        assert read_published(workspace.published, name).is_empty(), name
