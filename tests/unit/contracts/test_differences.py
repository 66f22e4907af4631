"""What changed between two sets of contracts, and which of it breaks who relied on the first."""

import shutil
from pathlib import Path

import pytest

from analytics.contracts.differences import list_differences
from analytics.errors import BadInputError
from tests.support.command_line import catchment_here

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def houses(tmp_path):
    """Two houses with the same few contracts."""
    for house in ("a", "b"):
        to = tmp_path / house / "data_contracts"
        shutil.copytree(ROOT / "data_contracts" / "checks", to / "checks")
        (to / "omop_cdm").mkdir()
        for file in (ROOT / "data_contracts" / "omop_cdm").glob("*.yaml"):
            shutil.copy(file, to / "omop_cdm")
        shutil.copytree(ROOT / "data_contracts" / "units", to / "units")
        shutil.copytree(ROOT / "data_contracts" / "marts", to / "marts")
    return tmp_path / "a", tmp_path / "b"


def change(house, name, old, new):
    file = house / "data_contracts" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def said(houses):
    return [(one.is_breaking, one.place, one.what) for one in list_differences(*houses)]


CONDITIONS = "omop_cdm/condition_occurrence.yaml"
TIGHTER = "implementation: {domain: Condition, threshold: 0}"


IN_VISIT = "withinVisitDates, type: custom, engine: catchment, implementation: {{threshold: {}}}"
CHANGES = [
    (CONDITIONS, IN_VISIT.format(5), IN_VISIT.format(4)),
    (CONDITIONS, TIGHTER, TIGHTER.replace("threshold: 0", "threshold: 1")),
    (CONDITIONS, "        required: true\n", ""),
    (CONDITIONS, "        physicalType: bigint\n", "        physicalType: integer\n"),
    (CONDITIONS, "isOptional, value: true", "isOptional, value: false"),
    ("checks/plausible_units.csv", "8784 8848 8961 9444 8785,5,", "8784 8848 8961 9444,5,"),
]
CONDITION = "condition_occurrence.condition"
EXPECTED = {
    (True, f"{CONDITION}_start_date", "threshold of withinVisitDates: 5 → 4"),
    (False, f"{CONDITION}_concept_id", "threshold of fkDomain: 0 → 1"),
    (False, f"{CONDITION}_occurrence_id", "required: true → false"),
    (True, f"{CONDITION}_occurrence_id", "type: bigint → integer"),
    (True, "condition_occurrence", "must be there now"),
    (
        True,
        "measurement.measurement_concept_id, plausible_units.csv, concept 3006315",
        "believed: units 8784 8848 8961 9444 8785 → units 8784 8848 8961 9444",
    ),
}


def test_each_change_is_said_and_judged(houses):
    for name, old, new in CHANGES:
        change(houses[1], name, old, new)

    found = said(houses)

    assert len(found) == len(CHANGES)
    assert set(found) == EXPECTED
    assert [is_breaking for is_breaking, _, _ in found] == [True] * 4 + [False] * 2


ERA_STARTS = "drug_era.drug_era_start_date"
BELIEVED = "plausible_limits.csv, concept 3004249"


def test_ends_units_limits_of_kinds_and_promises_are_judged_by_who_relied_on_them(houses):
    change(houses[1], "omop_cdm/drug_exposure.yaml", "high: 365", "high: 400")
    change(houses[1], "omop_cdm/person.yaml", "low: 1850", "low: 1900")
    change(houses[1], "omop_cdm/drug_era.yaml", "limit_share: 0.05", "limit_share: 0.1")
    change(houses[1], "units/plausible_limits.csv", ",40,300,", ",40,250,")
    change(houses[1], "checks/check_types.csv", "0.5,Every concept is of the d", "0.2,It is of d")
    change(houses[1], "marts/risk_list.yaml", "        required: true\n", "")
    conversions = houses[1] / "data_contracts" / "units" / "conversions.csv"
    head, ph, *others = conversions.read_text("utf-8").splitlines(keepends=True)
    conversions.write_text("".join((head, *others)), "utf-8")
    assert ",[pH]," in ph

    assert set(said(houses)) == {
        (False, "drug_exposure.days_supply", "high of plausibleValueHigh: 365 → 400"),
        (True, "person.year_of_birth", "low of plausibleValueLow: 1850 → 1900"),
        (False, ERA_STARTS, "limit_share of plausibleStartBeforeEnd: 0.05 → 0.1"),
        (True, BELIEVED, "believed: 40 to 300 → 40 to 250"),
        (True, "check_types.csv, fkDomain", "limit_share: 0.5 → 0.2"),
        (True, "risk_list.study", "required: true → false"),
        (True, "conversions.csv, concept any, [pH] to 1", "× 1 + 0 → none"),
    }
    back = {(place, is_breaking) for is_breaking, place, _ in said(tuple(reversed(houses)))}
    assert back == {
        ("drug_exposure.days_supply", True),
        ("person.year_of_birth", False),
        (ERA_STARTS, True),
        (BELIEVED, False),
        ("check_types.csv, fkDomain", False),
        ("risk_list.study", True),
        ("conversions.csv, concept any, [pH] to 1", False),
    }


def test_a_table_that_is_gone_breaks_and_a_new_one_that_may_be_missing_does_not(houses):
    (houses[1] / "data_contracts" / "omop_cdm" / "note_nlp.yaml").unlink()

    assert said(houses) == [(True, "note_nlp", "the table is gone")]
    assert said(tuple(reversed(houses))) == [(False, "note_nlp", "a new table")]


def test_the_same_contracts_do_not_differ_and_the_command_says_so(houses):
    command = catchment_here("contracts", "diff", *houses)

    assert command.exit_code == 0
    assert "0 changes, 0 breaking" in command.stdout


def test_the_command_leaves_with_3_where_something_breaks(houses):
    change(houses[1], CONDITIONS, "isOptional, value: true", "isOptional, value: false")

    command = catchment_here("contracts", "diff", *houses)

    assert command.exit_code == 3
    assert "1 change, 1 breaking" in command.stdout
    assert "must be there now" in command.stdout


def test_a_copy_of_the_contracts_may_have_any_name(houses, tmp_path):
    change(houses[1], CONDITIONS, "isOptional, value: true", "isOptional, value: false")
    copies = tmp_path / "before", tmp_path / "after"
    for house, copy in zip(houses, copies, strict=True):
        shutil.copytree(house / "data_contracts", copy)

    assert said(copies) == said(houses) == [(True, "condition_occurrence", "must be there now")]


def test_a_fault_is_said_of_the_folder_that_has_it(houses):
    change(houses[1], CONDITIONS, "        required: true\n", "        requird: true\n")

    with pytest.raises(BadInputError, match=r"(?s)/b/data_contracts: .*unknown clause 'requird'"):
        list_differences(*houses)
    (houses[0] / "data_contracts" / "checks" / "check_types.csv").unlink()
    with pytest.raises(BadInputError, match=r"/a/data_contracts: .* is missing"):
        list_differences(houses[0], houses[0])


def test_a_folder_without_contracts_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no contracts"):
        list_differences(tmp_path, tmp_path)
