"""The command line itself: help, version, listings, and what it does with a wrong word."""

import json
import time

import pytest

from analytics import __version__
from analytics.studies import list_studies, load_study
from tests.support.command_line import catchment, catchment_here


def test_help_answers_in_half_a_second():
    """Of five times the least, since other work on the machine only ever adds to it."""
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        said = catchment("--help")
        times.append(time.perf_counter() - begun)

    assert said.exit_code == 0
    assert "Usage: catchment" in said.stdout
    assert min(times) < 0.5


def test_the_version_is_that_of_the_package():
    assert catchment_here("--version").stdout == f"catchment {__version__}\n"


def test_each_shipped_study_is_listed_with_its_question():
    lines = catchment_here("studies", "list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == list_studies()
    for name, line in zip(list_studies(), lines, strict=True):
        assert load_study(name).question in line


def test_the_schema_of_a_study_is_json_for_editors():
    schema = json.loads(catchment_here("studies", "schema").stdout)

    assert schema["title"] == "Catchment study"
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_compiling_the_contracts_changes_nothing_that_is_up_to_date():
    said = catchment_here("contracts", "compile")

    assert (said.exit_code, said.stdout, said.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("simulat",), "No such command"),
        (("run",), "Missing argument 'STUDY'"),
        (("build",), "Missing option '--cdm'"),
        (("run", "readmission_30d", "--engine", "pandas"), "'pandas' is not one of"),
        (("simulate", "--persons", "many", "--out", "people"), "Invalid value for '--persons'"),
    ],
)
def test_a_wrong_word_is_named_and_leaves_with_2(words, phrase):
    said = catchment_here(*words)

    assert said.exit_code == 2
    assert phrase in " ".join(said.stderr.replace("│", " ").split())
    assert "Traceback" not in said.stderr


def test_a_step_that_is_none_is_named_with_the_near_miss(tmp_path):
    said = catchment_here("run", "readmission_30d", "--until", "trian", "-w", tmp_path)

    assert said.exit_code == 2
    assert "There is no step 'trian'. Did you mean 'train'?" in said.stderr
