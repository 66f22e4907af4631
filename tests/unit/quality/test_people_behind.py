"""Behind the rows of a check: how many people, counted here person by person with loops."""

import random
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from analytics.contracts import Rule, load_contracts
from analytics.quality import check
from analytics.quality.people_behind import NOBODY, PeopleBehind, as_columns, in_columns
from analytics.quality.run_checks import run_checks
from analytics.settings import Settings
from analytics.warehouse import open_cdm
from analytics.warehouse.postgres_address import read_address
from tests.support.postgres import postgres_server

SETTINGS = Settings(memory_gib=1.0, threads=1)
BORN, DIED = date(1950, 1, 1), date(2020, 1, 1)
PROSTATE, MALE, FEMALE = 26662, 8507, 8532
CONDITION = "condition_occurrence"
START = f"{CONDITION}_condition_start_date"
DEAD = range(20, 40)


def rows_of_conditions():
    """400 records of 50 people, of whom two have most; some records name nobody."""
    chance = random.Random(3)
    rows = []
    for number in range(400):
        person = chance.choice([1, 1, 2, None, *range(1, 51)])
        day = chance.choice([BORN, DIED]) + timedelta(days=chance.randrange(-3, 90))
        rows.append(
            {
                "condition_occurrence_id": number,
                "person_id": person,
                "condition_concept_id": chance.choice([PROSTATE, 1, 0]),
                "condition_start_date": day,
                "condition_end_date": chance.choice([None, day, day - timedelta(days=1)]),
                "visit_occurrence_id": None,
            }
        )
    return rows


def gender_of(person):
    return MALE if person % 2 else FEMALE


@pytest.fixture(scope="module")
def rows():
    return rows_of_conditions()


@pytest.fixture(scope="module")
def cdm(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("cdm")
    people = range(1, 51)
    tables = {
        "person": {
            "person_id": people,
            "gender_concept_id": [gender_of(person) for person in people],
            "year_of_birth": [BORN.year] * len(people),
            "month_of_birth": [1] * len(people),
            "day_of_birth": [1] * len(people),
            "birth_datetime": pl.Series([None] * len(people), dtype=pl.Datetime),
        },
        "death": {"person_id": DEAD, "death_date": [DIED] * len(DEAD)},
        "location": {"location_id": [1, 1, 2]},
    }
    for name, columns in tables.items():
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")
    frame = pl.DataFrame(rows, schema_overrides={"visit_occurrence_id": pl.Int64})
    frame.write_parquet(folder / f"{CONDITION}.parquet")
    return open_cdm(folder)


def is_dead(row):
    return row["person_id"] in DEAD


def is_after(row):
    return row["condition_start_date"] > DIED + timedelta(days=60)


PLAINLY = {
    f"field_plausibleafterbirth_{START}": (
        lambda row: True,
        lambda row: row["person_id"] is not None and row["condition_start_date"] < BORN,
    ),
    f"field_plausiblebeforedeath_{START}": (is_dead, lambda row: is_dead(row) and is_after(row)),
    f"field_plausibleduringlife_{START}": (is_dead, lambda row: is_dead(row) and is_after(row)),
    f"field_plausiblestartbeforeend_{START}": (
        lambda row: row["condition_end_date"] is not None,
        lambda row: (
            row["condition_end_date"] is not None
            and row["condition_end_date"] < row["condition_start_date"]
        ),
    ),
    f"field_isrequired_{CONDITION}_person_id": (
        lambda row: True,
        lambda row: row["person_id"] is None,
    ),
    f"concept_plausiblegender_{CONDITION}_condition_concept_id_{PROSTATE}": (
        lambda row: row["condition_concept_id"] == PROSTATE,
        lambda row: (
            row["condition_concept_id"] == PROSTATE
            and row["person_id"] is not None
            and gender_of(row["person_id"]) == FEMALE
        ),
    ),
}
"""For each check, is a row looked at, and does it break it?"""


def counted(rows, is_looked_at, breaks):
    """Whoever has rows; those that name nobody may all be one person's."""
    looked_at = {row["person_id"] for row in rows if is_looked_at(row)}
    broken = {row["person_id"] for row in rows if breaks(row)}
    kept = {row["person_id"] for row in rows if is_looked_at(row) and not breaks(row)}
    return PeopleBehind(
        n_people=len(looked_at),
        n_people_violated=len(broken),
        n_people_kept=len(kept) if looked_at == broken else None,
    )


def asked(cdm, *only):
    """What became of these checks, by id."""
    ran = run_checks(cdm, today=date(2026, 11, 22), only=only, with_people=True, settings=SETTINGS)
    return {one.check.check_id: one for one in ran.results}


def test_people_are_counted_behind_breaking_rows_and_behind_those_that_keep(cdm, rows):
    found = asked(cdm, *PLAINLY)

    for check_id, (is_looked_at, breaks) in PLAINLY.items():
        expected = counted(rows, is_looked_at, breaks)
        assert expected.n_people_violated > 0
        assert found[check_id].behind == expected, check_id


@pytest.mark.needs_postgres
def test_postgres_counts_the_same_people(cdm, rows):
    with postgres_server() as server:
        server.load(cdm.path, "cdm")
        found = asked(read_address(server.url("cdm")), *PLAINLY)

    behind = {check_id: counted(rows, *tests) for check_id, tests in PLAINLY.items()}
    assert {check_id: one.behind for check_id, one in found.items()} == behind


def test_nobody_is_counted_where_nothing_is_told_or_rows_name_nobody(cdm):
    found = asked(cdm, CONDITION, "location")
    failed = {one.check.check_id for one in found.values() if one.status == "failed"}

    assert found["field_isprimarykey_location_location_id"].behind == NOBODY
    with_people = {check_id for check_id, one in found.items() if one.behind not in (None, NOBODY)}
    assert with_people == {
        check_id
        for check_id in failed
        if found[check_id].num_violated_rows and f"_{CONDITION}" in check_id
    }


def test_of_our_own_rules_too(cdm, rows):
    contracts = load_contracts("omop_cdm")
    of_conditions = contracts[CONDITION]
    query = "select count(*) from ${table} where condition_concept_id = 0"
    own = Rule(name="is_mapped", description="The concept is known.", query=query)
    contracts[CONDITION] = replace(of_conditions, rules=(*of_conditions.rules, own))
    report = check(cdm, contracts, SETTINGS, with_people=True)
    found = {one.check_id: one for one in report.findings}

    mapped = found[f"{CONDITION}.is_mapped"]
    assert mapped.behind == counted(
        rows, lambda row: True, lambda row: row["condition_concept_id"] == 0
    )
    unique = found["person.born_on_a_real_day"]
    assert (unique.status, unique.behind) == (
        "passed",
        PeopleBehind(n_people=50, n_people_violated=0, n_people_kept=None),
    )
    unobserved = found[f"{CONDITION}.inside_observation"]
    assert unobserved.status == "not_checked"
    assert unobserved.behind is None


@pytest.mark.parametrize(
    ("parts", "is_told"),
    [
        ((50, 39, None), True),
        ((50, 40, None), False),
        ((50, 10, None), False),
        ((50, 50, 50), True),
        ((50, 50, 1), False),
        ((50, 50, 0), True),
        ((1, 1, 0), False),
        ((0, 0, None), True),
    ],
)
def test_a_number_is_told_where_no_part_is_of_few_people(parts, is_told):
    behind = PeopleBehind(n_people=parts[0], n_people_violated=parts[1], n_people_kept=parts[2])

    assert behind.may_be_told(11) is is_told
    assert in_columns(as_columns(behind)) == behind
    assert in_columns(as_columns(None)) is None
