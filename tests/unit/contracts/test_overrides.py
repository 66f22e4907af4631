"""A site's own limits take the place of a contract's; what does not fit is refused."""

from datetime import date

import pytest

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.overrides import apply_overrides, load_overrides
from analytics.contracts.quality_checks import list_quality_checks
from analytics.errors import BadInputError

CHECKS = tuple(
    list_quality_checks(
        load_contracts("omop_cdm", only_landed=False), load_check_tables(), "5.4", "catchment"
    )
)
ONE = """
overrides:
  - table: drug_exposure
    column: days_supply
    check: plausibleValueHigh
    high: 730
    threshold: 2.5
    reason: "Our pharmacies dispense for two years."
    date: 2026-11-22
"""


def read(tmp_path, text):
    path = tmp_path / "site.yaml"
    path.write_text(text, "utf-8")
    return load_overrides(path)


def test_a_limit_of_the_site_takes_the_place_of_the_contracts(tmp_path):
    overrides = read(tmp_path, ONE)
    changed = [
        (before, after)
        for before, after in zip(CHECKS, apply_overrides(CHECKS, overrides), strict=True)
        if before != after
    ]

    ((before, after),) = changed
    assert after.check_id == "field_plausiblevaluehigh_drug_exposure_days_supply"
    assert (before.asked.high, before.threshold) == (365, 1)
    assert (after.asked.high, after.threshold) == (730, 2.5)
    assert after.override == "site.yaml, 2026-11-22: Our pharmacies dispense for two years."
    assert overrides[0].day == date(2026, 11, 22)


def test_a_limit_may_be_about_one_concept(tmp_path):
    text = """
overrides:
  - {table: measurement, column: measurement_concept_id, check: plausibleUnitConceptIds,
     concept_id: 3006315, threshold: 50, reason: "One analyser has its own unit.", date: 2026-11-22}
"""
    after = apply_overrides(CHECKS, read(tmp_path, text))

    assert [one.concept_id for one in after if one.threshold == 50] == ["3006315"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("days_supply", "days_suply", "no column 'days_suply'. Did you mean 'days_supply'"),
        ("drug_exposure", "drug_exposur", "no table 'drug_exposur'. Did you mean 'drug_exposure'"),
        ("plausibleValueHigh", "plausibleValueHi", "no check 'plausibleValueHi' is made of it"),
        ("threshold: 2.5", "threshold: 101", "less than or equal to 100, not 101"),
        ("threshold: 2.5", "treshold: 2", "unknown clause 'treshold'"),
        ('reason: "Our pharmacies dispense for two years."', 'reason: "so"', "at least 10"),
        ("    date: 2026-11-22\n", "", "date: this clause is missing"),
        ("    high: 730\n    threshold: 2.5\n", "", "gives no limit"),
        ("high: 730", "low: 3", "takes no low"),
        ("high: 730", "high: abc", r"each:\n  overrides\[0\].high: abc is not a number$"),
        (
            "high: 730",
            "low: abc",
            r"low: abc is not a number or a day in quotes \('2020-12-31'\)$",
        ),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, old, new, said):
    assert old in ONE
    with pytest.raises(BadInputError, match=said):
        apply_overrides(CHECKS, read(tmp_path, ONE.replace(old, new)))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no such file of overrides"):
        load_overrides(tmp_path / "none.yaml")


def test_a_day_that_has_not_come_is_refused(tmp_path):
    said = "override plausibleValueHigh of drug_exposure.days_supply is dated 2999-01-01"
    with pytest.raises(BadInputError, match=f"{said}, which has not come"):
        read(tmp_path, ONE.replace("2026-11-22", "2999-01-01"))
