"""The unit contracts as they are shipped, each factor worked out a second way; and their faults."""

import re
import shutil
from pathlib import Path

import pytest

from analytics.contracts import load_unit_contracts
from analytics.errors import BadInputError
from analytics.settings import house_root

# Standard atomic weights, IUPAC 2021 (abridged).
ATOMIC_WEIGHTS = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "P": 30.974,
    "Cl": 35.45,
    "Mg": 24.305,
    "Ca": 40.078,
    "Fe": 55.845,
    "Co": 58.933,
    "I": 126.90,
}
PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "d": 1e-1}
# Multiply by this to come from the first unit to the second: the table of SI conversions in the
# AMA Manual of Style (and its like in the Merck Manual), rounded as printed there.
PUBLISHED = {
    (3004501, "mmol/L"): 0.0555,
    (3016723, "umol/L"): 88.4,
    (3013682, "mmol/L"): 0.357,
    (3006906, "mmol/L"): 0.25,
    (3027114, "mmol/L"): 0.0259,
    (3007070, "mmol/L"): 0.0259,
    (3022192, "mmol/L"): 0.0113,
    (3024128, "umol/L"): 17.104,
    (3037556, "umol/L"): 59.485,
    (3011904, "mmol/L"): 0.323,
    (3001420, "mmol/L"): 0.411,
    (3002400, "umol/L"): 0.179,
    (3016991, "nmol/L"): 12.871,
    (3008598, "pmol/L"): 12.871,
    (3010340, "nmol/L"): 0.0154,
    (3020149, "nmol/L"): 2.496,
    (3000593, "pmol/L"): 0.7378,
    (3036987, "nmol/L"): 2.266,
    (3009682, "nmol/L"): 27.588,
    (3011335, "nmol/L"): 1.281,
    (3000963, "mmol/L"): 0.6206,
    (3000963, "g/L"): 10,
    (3006923, "ukat/L"): 0.0167,
    (3027946, "kPa"): 0.1333,
}


def test_each_published_factor_is_the_one_we_have():
    contracts = load_unit_contracts()
    unit_of = {unit.concept_id: unit for unit in contracts.units}

    for (concept_id, si_unit), published in PUBLISHED.items():
        ours = next(
            one
            for one in contracts.conversions_of(unit_of[concept_id]).values()
            if one.from_unit == si_unit
        )
        # Printed with three figures at least, so right to half a unit in the third.
        assert 1 / ours.factor == pytest.approx(published, rel=0.005), (concept_id, si_unit)
        assert ours.offset == 0


def test_each_factor_from_a_molar_mass_follows_from_its_formula():
    by_formula = [
        (one, found)
        for one in load_unit_contracts().conversions
        if (found := re.search(r" ((?:[A-Z][a-z]?\d*)+): ([\d.]+) g/mol", one.source))
    ]
    assert len(by_formula) > 40

    for one, found in by_formula:
        formula, said = found.group(1), float(found.group(2))
        atoms = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
        mass = sum(ATOMIC_WEIGHTS[atom] * int(number or 1) for atom, number in atoms)
        assert said == pytest.approx(mass, rel=2e-4), one.source
        assert one.factor == pytest.approx(_from_masses(one.from_unit, one.to_unit, mass), rel=3e-4)


def _from_masses(from_unit: str, to_unit: str, molar_mass: float) -> float:
    """The factor between two concentrations, or two shares of creatinine, of one substance."""
    if from_unit == "mg/mmol{creat}":  # of creatinine, to mg in a gram of it
        return 1000 / molar_mass
    if from_unit == "meq/L":  # two charges
        return _from_masses("mmol/L", to_unit, molar_mass) / 2
    return _grams_in_a_litre(from_unit, molar_mass) / _grams_in_a_litre(to_unit, molar_mass)


def _grams_in_a_litre(unit: str, molar_mass: float) -> float:
    amount, volume = unit.split("/")
    prefix, kind = re.fullmatch(r"(.?)(mol|g)", amount).groups()  # type: ignore[union-attr]
    grams = PREFIXES[prefix] * (molar_mass if kind == "mol" else 1)
    return grams / PREFIXES[volume.removesuffix("L")]


def test_each_factor_between_two_concentrations_follows_from_their_prefixes():
    concentration = re.compile(r".?(g|mol)/[dm]?L")
    checked = [
        one
        for one in load_unit_contracts().conversions
        if one.concept_id is None
        and concentration.fullmatch(one.from_unit)
        and concentration.fullmatch(one.to_unit)
    ]
    assert len(checked) > 30

    for one in checked:
        assert one.factor == pytest.approx(_from_masses(one.from_unit, one.to_unit, 1.0), rel=1e-9)
        assert one.offset == 0


def test_temperatures_and_haemoglobin_a1c_are_shifted_too():
    contracts = load_unit_contracts()
    convert = {
        (one.from_unit, one.to_unit): lambda value, one=one: value * one.factor + one.offset
        for one in contracts.conversions
    }
    assert convert["[degF]", "Cel"](98.6) == pytest.approx(37.0)
    assert convert["[degF]", "Cel"](32) == pytest.approx(0)
    assert convert["K", "Cel"](310.15) == pytest.approx(37.0)
    # NGSP: 48 mmol/mol is 6.5 %, 53 is 7.0 %, 75 is 9.0 %.
    for ifcc, ngsp in ((48, 6.5), (53, 7.0), (75, 9.0)):
        assert convert["mmol/mol", "%"](ifcc) == pytest.approx(ngsp, abs=0.05)


def test_every_concept_has_one_unit_and_limits_in_it():
    contracts = load_unit_contracts()
    assert {one.concept_id for one in contracts.limits} == {
        one.concept_id for one in contracts.units
    }


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("harmonised_units.csv", "3004501,Glucose,8840,mg/dL,taken", "3004501 has two rows"),
        ("harmonised_units.csv", "7,Thing,8840,mg/dL,guessed", "taken, set aside"),
        ("harmonised_units.csv", "7,Thing,mg,mg/dL,taken", "'mg', not a whole number"),
        ("conversions.csv", "3004501,Glucose,8636,g/L,8840,mg/dL,0,0,x", "factor is 0"),
        ("conversions.csv", "3004501,Glucose,8636,g/L,8713,g/dL,1,0,x", "8713 is not its unit"),
        ("conversions.csv", "7,Thing,8636,g/L,8840,mg/dL,100,0,x", "is not in harmonised_units"),
        ("conversions.csv", ",any,8636,g/L,8840,mg/dL,100,0,x", "two rows convert unit 8636"),
        ("conversions.csv", ",any,8636,g/L,99,x,100,0,x", "no concept is harmonised to unit 99"),
        ("conversions.csv", ",any,0,1,8840,mg/dL,100,0,x", "converts from no unit"),
        ("conversions.csv", ",any,9999,x,8840,mg/dL,ten,0,x", "'ten', not a number"),
        ("conversions.csv", ",any,9999,x,8840,mg/dL,10,0,", "source is empty"),
        ("conversions.csv", ",any,9999,x", "has not 9 cells"),
        ("plausible_limits.csv", "3004501,Glucose,8840,mg/dL,1,2,x", "3004501 has two rows"),
        ("plausible_limits.csv", "7,Thing,8840,mg/dL,2,1,x", "lowest 2 is not below highest 1"),
        ("plausible_limits.csv", "7,Thing,8840,mg/dL,,,x", "neither lowest nor highest"),
    ],
)
def test_a_faulty_line_is_refused_and_named(file: str, line: str, said: str, tmp_path: Path):
    folder = tmp_path / "data_contracts" / "units"
    shutil.copytree(house_root() / "data_contracts" / "units", folder)
    with (folder / file).open("a") as lines:
        lines.write(f"{line}\n")

    with pytest.raises(BadInputError) as refused:
        load_unit_contracts(tmp_path)

    assert file in str(refused.value)
    assert said in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BadInputError, match=r"harmonised_units\.csv is missing"):
        load_unit_contracts(tmp_path)
