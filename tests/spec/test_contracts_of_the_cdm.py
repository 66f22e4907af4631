"""What we ask of a CDM, as statements about CDMs."""

import re
from pathlib import Path

import pytest

from analytics.contracts import load_contracts

CDM = load_contracts("omop_cdm")
EVENTS = {
    "visit_occurrence": "visit",
    "condition_occurrence": "condition",
    "drug_exposure": "drug",
    "procedure_occurrence": "procedure",
    "measurement": "measurement",
    "observation": "observation",
    "device_exposure": "device",
}
GLOSSARY = Path(__file__).resolve().parents[2] / "data_contracts" / "glossary.md"


def test_only_people_and_their_observation_periods_are_indispensable():
    assert {name for name, contract in CDM.items() if not contract.is_optional} == {
        "person",
        "observation_period",
    }


@pytest.mark.parametrize("table", EVENTS)
def test_an_event_needs_an_id_a_person_a_concept_and_a_day(table):
    must_exist = {column.name for column in CDM[table].columns if column.must_exist}

    assert {f"{table}_id", "person_id", f"{EVENTS[table]}_concept_id"} <= must_exist
    assert any(name.endswith("_date") for name in must_exist)
    assert not any("source" in name or "type" in name for name in must_exist)


@pytest.mark.parametrize("table", EVENTS)
def test_an_event_is_held_against_the_life_of_its_person(table):
    rules = {rule.name for rule in CDM[table].rules}
    checks = {check.name for check in CDM[table].checks}

    assert "inside_observation" in rules
    assert {"plausibleAfterBirth", "plausibleBeforeDeath"} <= checks
    assert CDM[table].column("person_id").references == "person.person_id"


def test_names_of_groups_never_depend_on_the_concept_table():
    for attribute in ("gender", "race", "ethnicity"):
        assert CDM["person"].column(f"{attribute}_concept_id").references is None


def test_rows_of_unknown_people_stop_nothing():
    # They are dropped in the first layer that joins, and counted; only nulls and keys can stop.
    for contract in CDM.values():
        for rule in contract.rules:
            if rule.name == "inside_observation":
                assert rule.limit_share is None, contract.name


def test_a_cdm_of_version_5_3_is_read_by_its_own_names():
    visits = CDM["visit_occurrence"]

    assert visits.column("admitted_from_concept_id").aliases == ("admitting_source_concept_id",)
    assert visits.column("discharged_to_concept_id").aliases == ("discharge_to_concept_id",)


def test_each_identifier_is_a_64_bit_number():
    for contract in CDM.values():
        for column in contract.columns:
            if column.name.endswith("_id") and column.logical_type == "integer":
                assert column.physical_type == "bigint", f"{contract.name}.{column.name}"


def test_the_glossary_defines_each_word_once_in_a_paragraph():
    sections = re.split(r"^## ", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    terms = [section.split("\n", 1)[0].strip() for section in sections]

    assert len(terms) == len({term.lower() for term in terms})
    for term, section in zip(terms, sections, strict=True):
        paragraph = section.split("\n", 1)[1].strip()
        assert paragraph.endswith((".", "?")), term
        assert "\n\n" not in paragraph, term


HOUSE_WORDS = """
    person, concept, concept set, member, phenotype, cohort, target, outcome, index date,
    knowledge date, observation period, lookback, washout, time at risk, population, attrition,
    covariate, feature matrix, had_outcome, risk, prediction, threshold, capacity, discrimination,
    calibration, net benefit, attribute, group, reference group, disparity, era, combination, step,
    pathway, model package, release, model card, contract, breach, suppressed, site, network,
    AUROC, AUPRC, Brier score, calibration slope, calibration intercept, O:E, selection rate,
    true positive rate, TPR, false positive rate, FPR, positive predictive value, PPV
"""


def test_the_glossary_has_each_word_of_the_house():
    headings = re.findall(r"^## (.+)$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    defined = {term.strip().lower() for heading in headings for term in heading.split(",")}

    assert {" ".join(word.split()).lower() for word in HOUSE_WORDS.split(",")} - defined == set()
