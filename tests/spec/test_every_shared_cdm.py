"""The main job on every shared CDM: each study is answered, or passed over with one sentence."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from analytics.contracts import load_contracts
from analytics.studies import list_studies, load_study
from tests.support.command_line import Said, catchment, worked
from tests.support.pages import PAGES, open_page, text_of
from tests.support.shared import shared_data

pytestmark = [pytest.mark.agreement, pytest.mark.needs_shared]

# Which studies each CDM can answer; it has too few people for the others, or none.
ANSWERED = {
    "gibleed": {"gi_bleed_nsaid_1y", "nsaid_treatment"},
    "synthea1k": {"diabetes_onset_1y", "diabetes_treatment", "readmission_30d"},
    "synthea1k_dirty": {"diabetes_onset_1y", "diabetes_treatment", "readmission_30d"},
    "synthea_fhir_r4": {"diabetes_onset_1y", "diabetes_treatment"},
    "synthea27nj": {"diabetes_treatment"},
    "synthea110": {"diabetes_treatment"},
    "mimic_iv_demo": {"diabetes_treatment"},
    "corner": {"diabetes_treatment", "readmission_30d"},
}


@dataclass(frozen=True, kw_only=True)
class Done:
    """A shared CDM on which the main job was done."""

    name: str
    workspace: Path
    said: Said


@pytest.fixture(scope="session")
def all_done() -> dict[str, Done]:
    """What was done already, by CDM: pytest would do it again for each test."""
    return {}


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.xdist_group(f"the main job on {name}"))
        for name in ANSWERED
    ],
)
def done(request, all_done, tmp_path_factory):
    name = request.param
    if name not in all_done:
        workspace = tmp_path_factory.mktemp(name)
        asked = ("demo", "--cdm", shared_data(name), "--workspace", workspace, "--no-serve")
        all_done[name] = Done(name=name, workspace=workspace, said=worked(catchment(*asked)))
    return all_done[name]


def test_each_study_is_answered_or_passed_over_with_one_sentence(done):
    printed = done.said.stdout
    answered = ANSWERED[done.name]

    passed_over = re.findall(r"^Passed over: (\w+): (.+)$", printed, flags=re.MULTILINE)
    assert {study for study, _ in passed_over} == set(list_studies()) - answered
    assert printed.count("Passed over: ") == len(passed_over)
    for study, why in passed_over:
        assert f"catchment run {study} --workspace {done.workspace}" in why
    for study in answered:
        assert f"\n{study}\n" in printed
        assert f"\n{load_study(study).title}: " in printed
    assert not re.search(r"Traceback|Warning|\bNone\b|\bnan\b", printed)


def about_people() -> tuple[str, ...]:
    """The CDM's tables whose rows belong to somebody; a care site or a concept does not."""
    return tuple(
        name
        for name, contract in load_contracts("omop_cdm").items()
        if any(column.name == "person_id" for column in contract.columns)
    )


def test_nothing_small_is_published(done):
    published = done.workspace / "published"
    run = (published / "current").read_text().strip()
    small = []
    with duckdb.connect(str(published / run / "aggregates.duckdb"), read_only=True) as marts:
        columns = marts.execute(
            "select table_name, column_name from information_schema.columns "
            "where column_name like 'n\\_%' escape '\\' and column_name <> 'n_steps'"
        ).fetchall()
        for table, column in columns:
            is_of_checks = table in ("data_quality", "ohdsi_check")
            of_people = f"and table_name in {about_people()}" if is_of_checks else ""
            small += marts.execute(
                f"select '{table}', '{column}', {column} from {table} "
                f"where {column} between 1 and 10 {of_people}"
            ).fetchall()

    assert small == []
    assert len(columns) > 30


def test_every_page_renders(done):
    for page in PAGES:
        assert text_of(open_page(done.workspace / "published", page))
