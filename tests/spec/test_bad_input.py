"""What a person is told who hands in something that cannot be used.

One message on stderr that says what is wrong (with the value), where, and what to do next; the exit
code of its kind (2 input, 3 contract, 4 study); no traceback; nothing half-written.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from analytics.studies.reader import DEFINITIONS
from tests.support.command_line import Said, catchment, catchment_here, worked
from tests.support.pictured_cdm import pictured_tables

BAD_INPUT, BREACH, NO_ANSWER = 2, 3, 4
N_PEOPLE, N_READMITTED = 60, 12


@pytest.fixture(scope="session")
def sixty_people():
    """Sixty people, each once in hospital; the first twelve come back after ten days."""
    people = range(1, N_PEOPLE + 1)
    admitted = {person: date(2020, 1, 1) + timedelta(days=3 * person) for person in people}
    stays = [(person, day, day + timedelta(days=4)) for person, day in admitted.items()]
    stays += [
        (person, day + timedelta(days=14), day + timedelta(days=16))
        for person, day, _ in stays[:N_READMITTED]
    ]
    lines = "\n".join(f"{person} | 9201 | {start} | {end}" for person, start, end in stays)
    return pictured_tables(
        person="person_id | year_of_birth | gender_concept_id\n"
        + "\n".join(
            f"{person} | {1930 + person} | {8532 - 25 * (person % 2)}" for person in people
        ),
        observation_period="person_id | observation_period_start_date | "
        "observation_period_end_date\n"
        + "\n".join(f"{person} | 2018-01-01 | 2021-12-31" for person in people),
        visit_occurrence="person_id | visit_concept_id | visit_start_date | visit_end_date\n"
        + lines,
    )


def write_cdm(folder: Path, tables: dict[str, pl.DataFrame]) -> Path:
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="session")
def built(sixty_people, tmp_path_factory):
    """A workspace in which sixty people were built on, and no study was run yet."""
    folder = tmp_path_factory.mktemp("bad_input")
    cdm = write_cdm(folder / "cdm", sixty_people)
    worked(catchment_here("build", "--cdm", cdm, "--workspace", folder / "workspace"))
    return folder / "workspace"


@pytest.fixture(scope="session")
def published(built):
    """The same after `publish`: nobody is on any list."""
    worked(catchment_here("publish", "--workspace", built))
    return built


def own_study(folder: Path, **changes: object) -> Path:
    """The shipped readmission study, changed, as a file of one's own."""
    said = yaml.safe_load((DEFINITIONS / "readmission_30d.yaml").read_text())
    path = folder / "own_study.yaml"
    path.write_text(yaml.safe_dump({**said, "name": "own_study", **changes}))
    return path


def told(said: Said, exit_code: int, *phrases: str) -> None:
    """One message, with the exit code of its kind, that holds each of these phrases."""
    assert said.exit_code == exit_code, said.stdout + said.stderr
    message = " ".join(said.stderr.split())
    assert re.match(r"catchment: \S", message), said.stderr
    assert message.count("catchment: ") == 1
    assert "Traceback" not in said.stdout + said.stderr
    assert [phrase for phrase in phrases if phrase not in message] == [], said.stderr


def left_in(folder: Path) -> set[str]:
    """Every file in a folder, by its path there."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def half_written(folder: Path) -> list[str]:
    """Files and folders that carry a name under which something is written aside."""
    return [
        path.name
        for path in folder.rglob("*")
        if re.search(r"\.(partial|writing|part|before|wal)$", path.name)
    ]


@pytest.mark.parametrize("command", ["check", "build", "demo"])
def test_a_missing_folder_is_named(tmp_path, command):
    how = {
        "check": ("check", "nowhere"),
        "build": ("build", "--cdm", "nowhere", "--workspace", "workspace"),
        "demo": ("demo", "--cdm", "nowhere", "--workspace", "workspace", "--no-serve"),
    }

    said = catchment_here(*how[command], cwd=tmp_path)

    told(said, BAD_INPUT, "no CDM at nowhere", "no such folder or file", "Give a folder")
    assert left_in(tmp_path) == set()


def test_a_process_leaves_with_the_message_and_nothing_else(tmp_path):
    said = catchment("check", "nowhere", cwd=tmp_path)

    told(said, BAD_INPUT, "no CDM at nowhere")
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1


def test_a_folder_without_a_table_of_the_cdm_is_named(tmp_path):
    (tmp_path / "cdm").mkdir()
    pl.DataFrame({"a": [1]}).write_csv(tmp_path / "cdm" / "persons.csv")

    said = catchment_here("build", "--cdm", "cdm", "--workspace", "workspace", cwd=tmp_path)

    told(said, BAD_INPUT, "cdm is not a CDM", "it holds persons", "Did you mean 'person'?")
    assert not (tmp_path / "workspace").exists()


def build(tmp_path: Path, tables: dict[str, pl.DataFrame]) -> Said:
    """Build on these tables in a workspace that is not there yet."""
    cdm = write_cdm(tmp_path / "cdm", tables)
    return catchment_here("build", "--cdm", cdm, "--workspace", tmp_path / "workspace")


def nothing_was_landed(tmp_path: Path) -> None:
    """All that is left is the report about the CDM, and it is whole."""
    workspace = tmp_path / "workspace"
    assert left_in(workspace) == {
        f"quality/{name}"
        for name in (
            "checked_tables.txt",
            "quality_check.parquet",
            "quality_report.html",
            "quality_report.json",
        )
    }
    assert half_written(workspace) == []


def test_a_missing_required_column_is_named(tmp_path, sixty_people):
    person = sixty_people["person"].rename({"year_of_birth": "yearofbirth"})

    said = build(tmp_path, {**sixty_people, "person": person})

    told(said, BREACH, "The column person.year_of_birth is missing", "Did you mean 'yearofbirth'?")
    told(said, BREACH, "stops `build`", f"catchment check {tmp_path / 'cdm'}")
    nothing_was_landed(tmp_path)


def test_a_column_of_the_wrong_type_is_named(tmp_path, sixty_people):
    wrong = sixty_people["person"].with_columns(year_of_birth=pl.lit(date(1950, 1, 1)))

    said = build(tmp_path, {**sixty_people, "person": wrong})

    told(said, BREACH, "person.year_of_birth is of type date", "Write the column as integer")
    nothing_was_landed(tmp_path)


def test_text_in_a_date_is_named_with_the_value(tmp_path, sixty_people):
    for name, frame in sixty_people.items():
        (tmp_path / "cdm").mkdir(exist_ok=True)
        frame.write_csv(tmp_path / "cdm" / f"{name}.csv")
    visits = tmp_path / "cdm" / "visit_occurrence.csv"
    visits.write_text(visits.read_text().replace("2020-01-08", "last Tuesday", 1))

    said = catchment_here("build", "--cdm", tmp_path / "cdm", "--workspace", tmp_path / "workspace")

    told(said, BREACH, "visit_occurrence.visit_", "last Tuesday", "a date, written as 2020-12-31")
    nothing_was_landed(tmp_path)


def test_an_empty_cdm_is_said_to_be_empty(tmp_path, sixty_people):
    said = build(tmp_path, {name: frame.clear() for name, frame in sixty_people.items()})

    told(said, BREACH, "The CDM is empty: its table person has no rows")
    nothing_was_landed(tmp_path)


def test_people_whom_nobody_observed_are_no_cdm_either(tmp_path, sixty_people):
    nobody = sixty_people["observation_period"].clear()

    said = build(tmp_path, {**sixty_people, "observation_period": nobody})

    told(said, BREACH, "observation_period", "no rows")
    nothing_was_landed(tmp_path)


def test_an_unknown_study_is_named_with_the_near_miss(built):
    before = left_in(built)

    said = catchment_here("run", "readmision_30d", "--workspace", built)

    told(
        said, BAD_INPUT, "study 'readmision_30d' does not exist", "Did you mean 'readmission_30d'?"
    )
    assert left_in(built) == before


def test_an_unknown_cohort_in_a_study_is_named_with_the_near_miss(built, tmp_path):
    study = own_study(tmp_path, target="inpatient_discharges")

    said = catchment_here("run", study, "--workspace", built)

    told(said, BAD_INPUT, "own_study.yaml: target cohort 'inpatient_discharges' does not exist.")
    told(said, BAD_INPUT, "Did you mean 'inpatient_discharge'?", "dbt_project/models/cohorts/")
    assert not (built / "studies" / "own_study").exists()


def test_an_unknown_concept_set_in_a_pathway_study_is_named_with_the_near_miss(built, tmp_path):
    said_of = yaml.safe_load((DEFINITIONS / "diabetes_treatment.yaml").read_text())
    said_of["events"][0]["concept_set"] = "metformine"
    study = tmp_path / "own_paths.yaml"
    study.write_text(yaml.safe_dump({**said_of, "name": "own_paths"}))

    said = catchment_here("run", study, "--workspace", built)

    told(said, BAD_INPUT, "concept set 'metformine'", "Did you mean 'metformin'?")
    assert not (built / "studies" / "own_paths").exists()


def test_every_fault_of_a_study_is_named_with_its_line(built, tmp_path):
    study = own_study(tmp_path, test_share="a quarter", validaton="split")

    said = catchment_here("run", study, "--workspace", built)

    told(said, BAD_INPUT, "own_study.yaml has 2 faults", "'a quarter'", "validaton: no such field")
    told(said, BAD_INPUT, "Did you mean 'validation'?", "line ")


def test_a_study_whose_outcome_nobody_has_is_not_answered(built, tmp_path):
    study = own_study(tmp_path, outcome="gastrointestinal_haemorrhage")

    said = catchment_here("run", study, "--workspace", built)

    told(said, NO_ANSWER, "own_study: nobody in the population has the outcome")
    told(said, NO_ANSWER, "'gastrointestinal_haemorrhage' on days 1 to 30", "has 0 rows in all")
    assert half_written(built / "studies") == []
    assert not (built / "studies" / "own_study" / "train").exists()


def test_a_test_set_without_anybody_who_had_the_outcome_is_not_evaluated_on(built, tmp_path):
    study = own_study(tmp_path, validation="split", test_share=0.02)

    said = catchment_here("run", study, "--workspace", built)

    told(said, NO_ANSWER, "own_study: validation is 'split' with test_share 0.02")
    told(said, NO_ANSWER, "the test set would hold 0 of them", "auto (or cross_validation)")
    assert half_written(built / "studies") == []
    assert not (built / "studies" / "own_study" / "train").exists()


def test_a_workspace_that_was_never_built_is_named(tmp_path):
    said = catchment_here("run", "readmission_30d", "--workspace", "nowhere", cwd=tmp_path)

    told(said, BAD_INPUT, "nowhere", "catchment build --cdm CDM --workspace nowhere")
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize(
    ("as_of", "phrases"),
    [
        ("soon", ("--as-of 'soon' is not a date", "Write it as 2024-06-30")),
        ("2024-02-30", ("--as-of '2024-02-30' is not a date",)),
        (
            "1999-01-01",
            ("--as-of 1999-01-01 lies outside the data", "from 2018-01-01 to 2021-12-31"),
        ),
    ],
)
def test_a_day_that_is_none_or_lies_outside_the_data_is_named(built, as_of, phrases):
    said = catchment_here("predict", "readmission_30d", "--as-of", as_of, "--workspace", built)

    told(said, BAD_INPUT, *phrases)
    assert not (built / "predictions").exists()


def test_predicting_without_a_model_says_how_to_train_one(built):
    said = catchment_here(
        "predict", "readmission_30d", "--as-of", "2021-06-30", "--workspace", built
    )

    told(said, BAD_INPUT, "readmission_30d has no trained model", "catchment run readmission_30d")
    assert not (built / "predictions").exists()


def export(workspace: Path, out: Path) -> Said:
    words = ("--out", out, "--purpose", "discharge calls", "--workspace", workspace)
    return catchment_here("export", "risk-list", "readmission_30d", *words)


def test_an_export_of_a_list_that_is_not_there_says_how_to_make_one(published, tmp_path):
    said = export(published, tmp_path / "list.csv")

    told(said, BAD_INPUT, "Nobody is on the risk list of readmission_30d")
    told(said, BAD_INPUT, f"catchment run readmission_30d --workspace {published}")
    assert left_in(tmp_path) == set()
    assert not (published / "exports").exists()


def test_an_unknown_export_format_is_named(tmp_path):
    said = export(tmp_path / "workspace", tmp_path / "list.docx")

    told(said, BAD_INPUT, "list.docx ends in '.docx'", "End it in .csv or .xlsx")
    assert left_in(tmp_path) == set()


def test_a_dashboard_of_nothing_says_what_to_publish(tmp_path):
    said = catchment_here("dashboard", "--workspace", "workspace", cwd=tmp_path)

    told(said, BAD_INPUT, "Nothing is published in workspace/published", "catchment run STUDY")
    assert left_in(tmp_path) == set()


def test_a_setting_that_is_no_number_is_named(tmp_path):
    said = catchment_here("run", "readmission_30d", cwd=tmp_path, CATCHMENT_SMALLEST_CELL="few")

    told(said, BAD_INPUT, "CATCHMENT_SMALLEST_CELL='few'", "Unset it to use 11")
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize("persons", ["0", "-5"])
def test_simulating_nobody_is_refused(tmp_path, persons):
    said = catchment_here("simulate", "--persons", persons, "--out", tmp_path / "people")

    told(said, BAD_INPUT, f"--persons is {persons}", "Try --persons 2000")
    assert left_in(tmp_path) == set()


def test_simulating_into_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "letter.txt").write_text("keep me")

    said = catchment_here("simulate", "--persons", "5", "--out", tmp_path / "people")

    told(said, BAD_INPUT, "people")
    assert left_in(tmp_path) == {"people/letter.txt"}


@pytest.mark.parametrize(
    ("words", "fault", "help_given"),
    [
        (("--seed", "-1"), "--seed is -1", "0 or a positive whole number"),
        (("--density", "0"), "--density is 0", "choose a number above 0"),
        (("--processes", "0"), "--processes is 0", "leave it out"),
        (("--sites", "0"), "--sites is 0", "--sites 3"),
        (("--persons", "2", "--sites", "3"), "--persons is 2", "Try --persons 3000"),
        (("--sites", "2", "--format", "duckdb"), "--sites 2", "Leave one of them away"),
        (("--format", "duckdb"), "no name for a DuckDB file", "people.duckdb"),
        (("--profile", "confused"), "profile 'confused' does not exist", "'confounded'?"),
    ],
)
def test_simulating_what_cannot_be_is_refused(tmp_path, words, fault, help_given):
    said = catchment_here("simulate", *words, "--out", tmp_path / "people")

    told(said, BAD_INPUT, fault, help_given)
    assert left_in(tmp_path) == set()


def test_a_profile_with_an_unknown_key_is_refused_and_the_key_meant_is_offered(tmp_path):
    profile = tmp_path / "mine.yaml"
    profile.write_text("name: mine\ndescription: Mine.\ntreatment: {odds_ration: 2}\n")

    said = catchment_here("simulate", "--profile", profile, "--out", tmp_path / "people")

    told(said, BAD_INPUT, "odds_ration", "odds_ratio")
    assert left_in(tmp_path) == {"mine.yaml"}


@pytest.mark.parametrize(
    ("option", "value", "known"),
    [("--format", "csv", "'duckdb'"), ("--concepts", "all", "'many'")],
)
def test_simulating_in_an_unknown_way_is_refused_and_the_known_ones_named(
    tmp_path, option, value, known
):
    said = catchment_here("simulate", option, value, "--out", tmp_path / "people")

    assert said.exit_code == BAD_INPUT
    assert f"'{value}' is not one of" in said.stderr
    assert known in said.stderr
    assert left_in(tmp_path) == set()
