"""The main job on every shared CDM: each study is answered, or passed over with one sentence."""

import re

import duckdb
import pytest

from analytics.studies import list_studies, load_study
from tests.support.command_line import catchment, worked
from tests.support.pages import PAGES, open_page, text_of
from tests.support.shared import shared_data

pytestmark = [pytest.mark.agreement, pytest.mark.needs_shared]

# Which studies each CDM can answer; it has too few people for the others, or none.
ANSWERED = {
    "gibleed": {"gi_bleed_nsaid_1y"},
    "synthea1k": {"diabetes_onset_1y", "diabetes_treatment", "readmission_30d"},
    "synthea1k_dirty": {"diabetes_onset_1y", "diabetes_treatment", "readmission_30d"},
    "synthea_fhir_r4": {"diabetes_onset_1y", "diabetes_treatment"},
    "synthea27nj": {"diabetes_treatment"},
    "synthea110": {"diabetes_treatment"},
    "mimic_iv_demo": {"diabetes_treatment"},
    "corner": {"diabetes_treatment", "readmission_30d"},
}


@pytest.mark.parametrize("name", ANSWERED)
def test_each_study_is_answered_or_passed_over_with_one_sentence(name, tmp_path):
    asked = ("demo", "--cdm", shared_data(name), "--workspace", tmp_path, "--no-serve")

    said = worked(catchment(*asked))

    passed_over = re.findall(r"^Passed over: (\w+): (.+)$", said.stdout, flags=re.MULTILINE)
    assert {study for study, _ in passed_over} == set(list_studies()) - ANSWERED[name]
    assert said.stdout.count("Passed over: ") == len(passed_over)
    for study, why in passed_over:
        assert f"catchment run {study} --workspace {tmp_path}" in why
    for study in ANSWERED[name]:
        assert f"\n{study}\n" in said.stdout
        assert f"\n{load_study(study).title}: " in said.stdout
    assert not re.search(r"Traceback|Warning|\bNone\b|\bnan\b", said.stdout)


@pytest.mark.parametrize("name", ANSWERED)
def test_nothing_small_is_published_and_every_page_renders(name, tmp_path):
    worked(catchment("demo", "--cdm", shared_data(name), "--workspace", tmp_path, "--no-serve"))
    published = tmp_path / "published"

    small = []
    run = (published / "current").read_text().strip()
    with duckdb.connect(str(published / run / "aggregates.duckdb"), read_only=True) as marts:
        columns = marts.execute(
            "select table_name, column_name from information_schema.columns "
            "where column_name like 'n\\_%' escape '\\' and column_name <> 'n_steps'"
        ).fetchall()
        for table, column in columns:
            small += marts.execute(
                f"select '{table}', '{column}', {column} from {table} "
                f"where {column} between 1 and 10"
            ).fetchall()
    assert small == []
    assert len(columns) > 30
    for page in PAGES:
        assert text_of(open_page(published, page))
