"""The contracts of the CDM as dbt tests of its sources: they find what is planted, and warn."""

import shutil

import pytest

from analytics.errors import RunFailedError
from analytics.warehouse import Workspace, run_dbt
from analytics.warehouse.workspace import connect

NAMES = [f"{table}_keeps_its_contract" for table in ("person", "death", "visit_occurrence")]
ASKED = ["test", "--select", *NAMES]
# As they are they warn; a warning that fails is told.
FAILING = ["--warn-error-options", '{"include": ["LogTestResult"]}']


def test_a_broken_clause_of_a_contract_is_a_warning_of_its_source(built, tmp_path):
    workspace = Workspace(root=tmp_path / "w")
    shutil.copytree(built.root, workspace.root)
    with connect(workspace) as connection:
        connection.execute("insert into cdm.death (person_id, death_date) values (9, '2020-01-01')")
        connection.execute("update cdm.visit_occurrence set visit_end_date = '2019-02-01'")
        connection.execute("insert into cdm.concept (concept_id, domain_id) values (77, 'Drug')")
        connection.execute("update cdm.visit_occurrence set visit_concept_id = 77")

    asked = run_dbt(workspace, ASKED)
    assert set(NAMES) <= set(asked.node_names)
    with pytest.raises(RunFailedError) as raised:
        run_dbt(workspace, [*ASKED, *FAILING])
    assert "death_keeps_its_contract: Got" in str(raised.value)
    compiled = next(workspace.dbt.rglob("target/compiled/**/visit_occurrence_keeps_its_*.sql"))
    with connect(workspace) as connection:
        broken = dict(connection.execute(compiled.read_text("utf-8")).fetchall())
    assert broken["visit_start_date is not after visit_end_date"] == 6
    assert broken["visit_concept_id is of the domain Visit"] == 6
