"""What was built from what is read back as it was written, and forgotten before it is built."""

from dataclasses import replace

import pytest

from analytics.warehouse import Workspace
from analytics.warehouse.build_records import (
    CohortBuild,
    ModelBuild,
    TableMark,
    forget_model_builds,
    read_cohort_builds,
    read_model_builds,
    write_builds,
)
from analytics.warehouse.dbt_graph import DbtNode, read_graph

BUILD = CohortBuild(
    cohort_name="diabetes",
    definition_sha256="d",
    model_sha256="m",
    concept_sets_sha256="c",
    cdm_name="CDM",
    cdm_release_date="2024-12-31",
    vocabulary_version="",
    tables={"person": TableMark(n_rows=3, fingerprint="p")},
    built_from={"admission": "k"},
    compiler_version="1",
    built_at="2025-01-01T00:00:00",
    reason="the CDM's person changed",
    is_reused=True,
)
NODES = [
    DbtNode(
        unique_id=name,
        name=name,
        kind="model",
        path="",
        parents=(),
        text=f"text of {name}",
        concept_sets=("diabetes", "it's"),
    )
    for name in ("one", "two")
]


@pytest.fixture
def workspace(tmp_path):
    return Workspace(root=tmp_path)


def test_builds_are_read_back_as_they_were_written(workspace):
    unnamed = replace(BUILD, cohort_name="nsaid", cdm_release_date="")
    for _ in range(2):
        write_builds(workspace, NODES, {"one": "1", "two": "2"}, [BUILD, unnamed])

    assert read_cohort_builds(workspace) == {"diabetes": BUILD, "nsaid": unnamed}
    assert read_model_builds(workspace)["two"] == ModelBuild(
        key="2", text="text of two", concept_sets=("diabetes", "it's")
    )


def test_before_the_first_build_nothing_is_remembered(workspace):
    assert read_cohort_builds(workspace) == {}
    assert read_model_builds(workspace) == {}
    assert read_graph(workspace) == {}


def test_models_are_forgotten_before_they_are_built(workspace):
    write_builds(workspace, NODES, {"one": "1", "two": "2"}, [BUILD])

    forget_model_builds(workspace, ["two"])

    assert set(read_model_builds(workspace)) == {"one"}
    assert set(read_cohort_builds(workspace)) == {"diabetes"}
