"""Contracts state exactly the checks that OHDSI makes, under their ids, and no other."""

import shutil
from pathlib import Path

import pytest

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import list_quality_checks
from analytics.errors import BadInputError
from tests.support.data_quality import answers

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = load_contracts("omop_cdm", only_landed=False)
TABLES = load_check_tables()


def ids(version, contracts=CONTRACTS, *, by_default=True, tables=TABLES, reading="dqd"):
    return [
        check.check_id
        for check in list_quality_checks(contracts, tables, version, reading)
        if contracts[check.table].is_checked_by_default or not by_default
    ]


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("version", "dataset", "n_checks"), [("5.4", "dirty27", 2_374), ("5.3", "mimic_iv_demo", 1_995)]
)
def test_the_checks_are_those_of_dataqualitydashboard(version, dataset, n_checks):
    reference = answers(dataset)
    mine = {
        check.check_id: check
        for check in list_quality_checks(CONTRACTS, TABLES, version)
        if CONTRACTS[check.table].is_checked_by_default
    }

    assert sorted(ids(version)) == sorted(reference["check_id"])
    assert len(mine) == n_checks
    for row in reference.iter_rows(named=True):
        check = mine[row["check_id"]]
        assert (check.name, check.table.upper()) == (row["check_name"], row["table"])
        assert (check.field or "").upper() == (row["field"] or "")
        assert check.threshold == row["threshold"], check.check_id
        kind = check.kind
        assert (kind.level, kind.severity) == (row["check_level"], row["severity"])
        assert (kind.category, kind.subcategory or None) == (row["category"], row["subcategory"])
        assert kind.context == row["context"]


def test_with_the_vocabulary_there_are_as_many_as_it_makes_without_exclusions():
    # 2,533 and 2,003: DataQualityDashboard 2.8.4 on all tables (shared/facts/data_quality.md).
    assert len(set(ids("5.4", by_default=False))) == 2_533
    assert len(set(ids("5.3", by_default=False))) == 2_003


def test_every_integer_is_checked_in_our_reading_however_its_type_is_spelt():
    more = set(ids("5.4", reading="catchment")) - set(ids("5.4"))

    integers = {one for one in more if one.startswith("field_cdmdatatype_")}
    assert len(integers) == 12
    assert more - integers == {"field_isprimarykey_death_person_id"}


def test_columns_that_the_cdm_of_ohdsi_has_not_are_asked_in_our_reading_only():
    of_spans = {"field_isrequired_location_history_location_id"} | {
        f"field_{kind}_location_history_location_{column}"
        for kind, column in (("isprimarykey", "history_id"), ("isforeignkey", "id"))
    }

    assert of_spans <= set(ids("5.4", by_default=False, reading="catchment"))
    assert not of_spans & set(ids("5.4", by_default=False))


@pytest.fixture
def house(tmp_path):
    """Our contracts, to be changed."""
    shutil.copytree(ROOT / "data_contracts", tmp_path / "data_contracts")
    return tmp_path


def without(house, table, line):
    """The check ids after one line of a contract is gone."""
    file = house / "data_contracts" / "omop_cdm" / f"{table}.yaml"
    before = file.read_text("utf-8")
    assert line in before
    file.write_text(before.replace(line, "", 1), "utf-8")
    return ids("5.4", load_contracts("omop_cdm", house, only_landed=False))


def test_a_clause_less_is_a_check_less(house):
    clause = (
        "          - {name: withinVisitDates, type: custom, engine: catchment, "
        "implementation: {threshold: 5}}\n"
    )

    remaining = without(house, "condition_occurrence", clause)

    gone = "field_withinvisitdates_condition_occurrence_condition_start_date"
    assert set(ids("5.4")) - set(remaining) == {gone}


def test_a_column_that_may_be_null_is_not_required(house):
    remaining = without(house, "condition_occurrence", "        required: true\n")

    assert set(ids("5.4")) - set(remaining) == {
        "field_isrequired_condition_occurrence_condition_occurrence_id"
    }


def test_a_concept_less_is_a_check_less(house):
    file = house / "data_contracts" / "checks" / "plausible_units.csv"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join([lines[0], *lines[2:]]), "utf-8")

    gone = set(ids("5.4")) - set(ids("5.4", tables=load_check_tables(house)))

    assert gone == {"concept_plausibleunitconceptids_measurement_measurement_concept_id_3006315"}


def said_of(house, table, old, new):
    file = house / "data_contracts" / "omop_cdm" / f"{table}.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInputError) as raised:
        load_contracts("omop_cdm", house)
    return str(raised.value)


def test_a_threshold_over_100_is_refused(house):
    said = said_of(house, "person", "threshold: 1}", "threshold: 101}")

    assert "person.yaml" in said
    assert "less than or equal to 100" in said
    assert "101" in said


def test_a_limit_of_a_check_s_own_stands_before_that_of_its_kind(house):
    file = house / "data_contracts" / "omop_cdm" / "death.yaml"
    text = file.read_text("utf-8")
    after_birth = "name: plausibleAfterBirth, type: custom, engine: catchment, implementation: {"
    file.write_text(text.replace(after_birth, f"{after_birth}limit_share: 0.2, ", 1), "utf-8")

    before, after = limits(CONTRACTS), limits(load_contracts("omop_cdm", house, only_landed=False))

    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed == {"field_plausibleafterbirth_death_death_date": (0.5, 0.2)}
    # Ends before starts: a limit where rows commonly have an end.
    ends = "field_plausiblestartbeforeend"
    assert before[f"{ends}_visit_occurrence_visit_start_date"] == 0.05
    assert before[f"{ends}_procedure_occurrence_procedure_date"] is None


def limits(contracts):
    """Where a study stops, by the id of the check."""
    checks = list_quality_checks(contracts, TABLES, "5.4", "catchment")
    return {check.check_id: check.limit_share for check in checks}


def test_a_limit_share_over_1_is_refused(house):
    said = said_of(house, "visit_occurrence", "limit_share: 0.05}", "limit_share: 5}")

    assert "less than or equal to 1, not 5" in said


def test_an_unknown_check_is_refused_with_the_near_miss(house):
    said = said_of(house, "person", "name: plausibleValueLow", "name: plausibleValueLo")

    assert "'plausibleValueLo' is not one of" in said
    assert "Did you mean 'plausibleValueLow'?" in said


def test_an_unknown_word_of_a_check_is_refused(house):
    said = said_of(house, "person", "implementation: {low: 1850,", "implementation: {lowest: 1850,")

    assert "unknown clause 'lowest'" in said


def test_a_word_that_the_check_does_not_take_is_refused(house):
    said = said_of(house, "person", "implementation: {low: 1850,", "implementation: {high: 1850,")

    assert "check 'plausibleValueLow' of column 'year_of_birth': 'low' is missing" in said
    assert "takes no 'high'" in said


def test_a_check_of_a_column_that_is_not_there_is_refused(house):
    said = said_of(
        house,
        "condition_occurrence",
        "implementation: {end: condition_end_date,",
        "implementation: {end: condition_end_dat,",
    )

    assert "there is no column 'condition_end_dat'. Did you mean 'condition_end_date'?" in said


def test_a_concept_table_with_a_threshold_over_100_is_refused(house):
    file = house / "data_contracts" / "checks" / "plausible_genders.csv"
    file.write_text(file.read_text("utf-8").replace(",male,5", ",male,500", 1), "utf-8")

    with pytest.raises(BadInputError, match="line 2: threshold is 500; it is a percentage"):
        load_check_tables(house)
