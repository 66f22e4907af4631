"""`catchment cohorts diff` on a CDM: a change moves the people that a hand counts."""

import json
from datetime import date, timedelta

import pytest

from tests.support.command_line import catchment_here
from tests.support.definitions import around, definition, rule
from tests.support.pictured_cdm import write_pictured_cdm
from tests.support.postgres import postgres_server

LONG_AGO, EVENT = date(2015, 1, 1), date(2019, 6, 1)
LATER, END = EVENT + timedelta(days=200), date(2021, 12, 31)
# Of each kind so many people: when observation begins and ends, days of heart failure, a diuretic.
KINDS = {
    "on other days": (12, LONG_AGO, END, (EVENT, LATER), False),
    "on the same days": (13, LONG_AGO, EVENT + timedelta(days=10), (EVENT,), False),
    "too short before": (14, EVENT - timedelta(days=100), EVENT, (EVENT,), False),
    "with a diuretic": (15, LONG_AGO, END, (EVENT,), True),
    "without an event": (16, LONG_AGO, END, (), False),
}
LEAVES_AFTER = {"DateField": "StartDate"}
EVERY_EVENT = {"QualifiedLimit": {"Type": "All"}, "ExpressionLimit": {"Type": "All"}}
OLD = definition(**EVERY_EVENT, EndStrategy={"DateOffset": {**LEAVES_AFTER, "Offset": 30}})
NEW = definition(
    **EVERY_EVENT,
    EndStrategy={"DateOffset": {**LEAVES_AFTER, "Offset": 60}},
    InclusionRules=[
        rule("no diuretic", around({"DrugExposure": {"CodesetId": 1}}, 0, 0, how_often=(0, 0)))
    ],
)
NEW["PrimaryCriteria"]["ObservationWindow"]["PriorDays"] = 0


def cdm_of(kinds, folder):
    person, periods, conditions, drugs = (
        ["person_id | year_of_birth"],
        ["person_id | observation_period_start_date | observation_period_end_date"],
        ["person_id | condition_concept_id | condition_start_date"],
        ["person_id | drug_concept_id | drug_exposure_start_date"],
    )
    for n_people, first, last, days, has_diuretic in kinds.values():
        for number in range(len(person), len(person) + n_people):
            person.append(f"{number} | 1950")
            periods.append(f"{number} | {first} | {last}")
            conditions += [f"{number} | 316139 | {day}" for day in days]
            drugs += [f"{number} | 956874 | {EVENT}"] * has_diuretic
    return write_pictured_cdm(
        folder,
        person="\n".join(person),
        observation_period="\n".join(periods),
        condition_occurrence="\n".join(conditions),
        drug_exposure="\n".join(drugs),
        concept="concept_id | concept_name\n 316139 | Heart failure\n 956874 | Diuretic",
    )


@pytest.fixture
def definitions(tmp_path):
    for name, value in (("old", OLD), ("new", NEW)):
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    return tmp_path


def told(definitions, *where, **environment):
    said = catchment_here(
        *("cohorts", "diff", "old.json", "new.json", *where), cwd=definitions, **environment
    )
    assert (said.exit_code, said.stderr) == (0, ""), said.stderr
    table = said.stdout.partition("How many people the change moves")[2].splitlines()
    rows = [line.rsplit(maxsplit=3) for line in table if line.startswith("  in ") or "only" in line]
    return said.stdout, {words.strip(): counts for words, *counts in rows}


COUNTED_BY_HAND = {
    # 12 with two events each, 13 and 15 with one.
    "in OLD": ["40", "52", "0"],
    "in NEW": ["39", "0", "51"],
    "only in OLD": ["15", "15", "0"],
    "only in NEW": ["14", "0", "14"],
    "in both, on the same days": ["13", "13", "13"],
    "in both, on other days": ["12", "24", "24"],
}


def test_who_moves_is_what_a_hand_counts(definitions):
    cdm = cdm_of(KINDS, definitions / "cdm")

    said, moved = told(definitions, "--cdm", cdm)

    assert "Inclusion rule 'no diuretic' came" in said
    assert moved == COUNTED_BY_HAND
    assert "rows of 2 cohorts" not in said


@pytest.mark.needs_postgres
def test_the_same_people_move_on_postgresql_which_is_left_as_it_was(definitions):
    cdm = cdm_of(KINDS, definitions / "cdm")
    with postgres_server() as server:
        server.load(cdm, "omop")

        _, moved = told(definitions, "--cdm", server.url("omop"), "--warehouse", "postgres")

        assert moved == COUNTED_BY_HAND
        assert server.run("select nspname from pg_namespace where nspname like 'catchment%'") == []


@pytest.mark.agreement
@pytest.mark.needs_java
def test_the_same_people_move_on_spark(definitions):
    cdm = cdm_of(KINDS, definitions / "cdm")

    _, moved = told(definitions, "--cdm", cdm, "--warehouse", "spark")

    assert moved == COUNTED_BY_HAND


def test_few_who_move_are_withheld_and_what_would_tell_them(definitions):
    few = {**KINDS, "too short before": (3, *KINDS["too short before"][1:])}
    cdm = cdm_of(few, definitions / "cdm")

    said, moved = told(definitions, "--cdm", cdm)

    assert moved["only in NEW"] == ["withheld", "0", "withheld"]
    assert "withheld" in (moved["in NEW"][0], moved["in both, on the same days"][0])
    assert "Counts of 1 to 10 are withheld" in said


def test_a_cdm_is_named_once(definitions):
    said = catchment_here(
        *("cohorts", "diff", "old.json", "new.json", "--cdm", "here", "--workspace", "there"),
        cwd=definitions,
    )

    assert said.exit_code == 2
    assert "--cdm here and --workspace there both name a CDM" in said.stderr
    assert said.stdout == ""
