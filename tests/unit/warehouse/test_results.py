"""Writing results: only this study's rows are replaced; what breaks a contract is refused."""

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.warehouse import Workspace, keep_results, read_results, write_results
from analytics.warehouse.workspace import connect
from tests.support.tables import table


@pytest.fixture
def workspace(tmp_path):
    return Workspace(root=tmp_path / "w")


PATHWAYS = table("""
    target_cohort   | compat | index_date | person_id | episode | pathway   | n_steps
    type_2_diabetes | clean  | 2020-01-01 |         1 |       1 | metformin |       1
    type_2_diabetes | clean  | 2020-01-01 |         2 |       1 | None      |       0
""")


def test_a_second_run_replaces_the_rows_of_its_own_study_only(workspace):
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="one")
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="other")

    write_results(workspace, {"person_pathway": PATHWAYS.head(1)}, run_id="r2", study="one")

    found = read_results(workspace, "person_pathway").select("study", "run_id", "person_id")
    assert found.rows() == [("one", "r2", 1), ("other", "r1", 1), ("other", "r1", 2)]
    assert read_results(workspace, "person_pathway", study="one").height == 1


def test_an_empty_frame_leaves_the_study_without_rows(workspace):
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="one")

    write_results(workspace, {"person_pathway": PATHWAYS.clear()}, run_id="r2", study="one")

    assert read_results(workspace, "person_pathway").is_empty()


def test_only_the_rows_of_the_studies_that_are_kept_stay(workspace):
    for study in ("one", "other", "it's own"):
        write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study=study)

    keep_results(workspace, {"it's own", "never run"})

    assert read_results(workspace, "person_pathway")["study"].unique().to_list() == ["it's own"]
    keep_results(workspace, ())
    assert read_results(workspace, "person_pathway").is_empty()


def test_rows_are_stored_in_the_types_of_the_contract(workspace):
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="one")

    assert read_results(workspace, "person_pathway").schema == {
        "run_id": pl.String,
        "study": pl.String,
        "target_cohort": pl.String,
        "compat": pl.String,
        "index_date": pl.Date,
        "person_id": pl.Int64,
        "episode": pl.Int32,
        "pathway": pl.String,
        "n_steps": pl.Int32,
    }


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ({"person_pathways": PATHWAYS}, "Did you mean 'person_pathway'"),
        ({"person_pathway": PATHWAYS.drop("n_steps")}, r"missing columns \['n_steps'\]"),
        ({"person_pathway": PATHWAYS.with_columns(x=1)}, r"surplus columns \['x'\]"),
        ({"person_pathway": PATHWAYS.with_columns(pathway=None)}, r"hold nulls in \['pathway'\]"),
        ({"person_pathway": PATHWAYS.with_columns(study=pl.lit("two"))}, r"study \['two'\]"),
    ],
)
def test_rows_that_break_the_contract_are_refused_and_nothing_is_written(
    workspace, frames, message
):
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="one")

    with pytest.raises(BadInputError, match=message):
        write_results(workspace, frames, run_id="r2", study="one")

    assert read_results(workspace, "person_pathway")["run_id"].unique().to_list() == ["r1"]


def test_when_one_table_fails_none_is_changed(workspace):
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="one")
    steps = table("""
        person_id | episode | step | event     | start_date | end_date   | duration_days
                1 |       1 |    1 | metformin | 2020-01-01 | 2020-01-02 | a long time
    """)

    with pytest.raises(Exception, match="a long time"):
        write_results(
            workspace,
            {"person_pathway": PATHWAYS.head(1), "pathway_step": steps},
            run_id="r2",
            study="one",
        )

    assert read_results(workspace, "person_pathway").height == 2


def test_a_table_with_the_columns_of_another_version_is_made_anew(workspace):
    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r1", study="one")
    with connect(workspace) as connection:
        connection.execute("alter table results.person_pathway drop column target_cohort")
        connection.execute("alter table results.run_step add column colour varchar")

    write_results(workspace, {"person_pathway": PATHWAYS}, run_id="r2", study="other")

    assert read_results(workspace, "person_pathway")["study"].unique().to_list() == ["other"]
    assert "colour" not in read_results(workspace, "run_step").columns
