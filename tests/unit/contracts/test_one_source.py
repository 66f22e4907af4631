"""A clause is written once: taken out of its contract, its check is gone everywhere."""

import io
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

import narwhals as nw
import polars as pl
import pytest
import yaml

from analytics.contracts import compile_dbt, load_contracts, load_unit_contracts
from analytics.contracts.check_clause import CheckName
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import list_quality_checks
from analytics.features.units import conversion_frame, harmonise_values
from analytics.quality import run_checks
from analytics.settings import house_root
from analytics.warehouse import open_cdm

SEED = "dbt_project/seeds/accepted_value.csv"
YEAR = "      - name: year_of_birth\n"


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What one set of contracts becomes: ids of checks, dbt's sources by name."""

    checks: set[str]
    sources: dict[str, dict]

    @property
    def asked(self) -> dict:
        """The arguments of the dbt test of the source `person`."""
        return self.asked_of("person")

    def asked_of(self, table: str) -> dict:
        """The arguments of a source's dbt test."""
        (test,) = self.sources[table]["data_tests"]
        return test["keeps_its_contract"]["arguments"]

    def docs_of(self, column: str, table: str = "person") -> str:
        """What dbt's docs say of a column."""
        columns = self.sources[table]["columns"]
        return next(one["description"] for one in columns if one["name"] == column)


def compiled(house: Path) -> Compiled:
    contracts = load_contracts("omop_cdm", house)
    checks = list_quality_checks(contracts, load_check_tables(house), "5.4", "catchment")
    texts = {path.name: text for path, text in compile_dbt(house).items()}
    (source,) = yaml.safe_load(texts["_omop__sources.yml"])["sources"]
    return Compiled(
        checks={check.check_id for check in checks},
        sources={table["name"]: table for table in source["tables"]},
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the contracts that may be changed."""
    shutil.copytree(house_root() / "data_contracts", tmp_path / "data_contracts")
    return tmp_path


@pytest.fixture(scope="module")
def before() -> Compiled:
    """The contracts as they are."""
    return compiled(house_root())


def without(house: Path, *lines: str) -> Compiled:
    """The contracts once each of these lines is taken out of the column `year_of_birth`."""
    file = house / "data_contracts" / "omop_cdm" / "person.yaml"
    before, column = file.read_text().split(YEAR)
    for line in lines:
        assert line in column
        column = column.replace(line, "", 1)
    file.write_text(before + YEAR + column)
    return compiled(house)


def test_a_required_column_is_required_everywhere_until_its_clause_is_gone(
    house: Path, before: Compiled
):
    after = without(house, "        required: true\n")

    assert "field_isrequired_person_year_of_birth" in before.checks - after.checks
    assert "year_of_birth" in before.asked["required"]
    assert "year_of_birth" not in after.asked["required"]
    assert "Never null." in before.docs_of("year_of_birth")
    assert "Never null." not in after.docs_of("year_of_birth")


def test_so_is_a_lowest_value(house: Path, before: Compiled):
    text = (house / "data_contracts" / "omop_cdm" / "person.yaml").read_text().split(YEAR)[1]
    (line,) = [line for line in text.splitlines(True) if "plausibleValueLow" in line][:1]
    after = without(house, line)
    asked = {"column": "year_of_birth", "end": "low", "at": 1850}

    assert before.checks - after.checks == {"field_plausiblevaluelow_person_year_of_birth"}
    assert asked in before.asked["plausible"]
    assert asked not in after.asked["plausible"]
    assert "From 1850." in before.docs_of("year_of_birth")
    assert "From 1850." not in after.docs_of("year_of_birth")


def test_a_clause_that_is_added_is_asked_everywhere(house: Path, before: Compiled):
    file = house / "data_contracts" / "omop_cdm" / "person.yaml"
    month = "      - name: month_of_birth\n        logicalType: integer\n"
    file.write_text(file.read_text().replace(month, f"{month}        required: true\n", 1))
    after = compiled(house)

    assert "field_isrequired_person_month_of_birth" in after.checks - before.checks
    assert "month_of_birth" in after.asked["required"]
    assert "Never null." in after.docs_of("month_of_birth")


# Of each kind of clause one: the table, its column, and how many checks it makes.
OF_EACH_KIND = [
    ("condition_occurrence", None, "measurePersonCompleteness", 1),
    ("condition_era", None, "measureConditionEraCompleteness", 1),
    ("observation_period", None, "measureObservationPeriodOverlap", 1),
    ("condition_occurrence", "condition_type_concept_id", "isForeignKey", 1),
    ("condition_occurrence", "condition_status_concept_id", "fkDomain", 1),
    ("drug_era", "drug_concept_id", "fkClass", 1),
    ("condition_occurrence", "condition_concept_id", "isStandardValidConcept", 1),
    ("drug_exposure", "drug_concept_id", "standardConceptRecordCompleteness", 1),
    ("condition_occurrence", "condition_source_concept_id", "sourceConceptRecordCompleteness", 1),
    ("condition_occurrence", "condition_source_value", "sourceValueCompleteness", 1),
    ("drug_exposure", "quantity", "plausibleValueLow", 1),
    ("drug_exposure", "days_supply", "plausibleValueHigh", 1),
    ("drug_exposure", "drug_exposure_end_date", "plausibleTemporalAfter", 1),
    ("death", "death_date", "plausibleAfterBirth", 1),
    ("drug_exposure", "drug_exposure_start_date", "plausibleDuringLife", 1),
    ("measurement", "measurement_date", "withinVisitDates", 1),
    ("measurement", "measurement_date", "plausibleBeforeDeath", 1),
    ("visit_occurrence", "visit_start_date", "plausibleStartBeforeEnd", 1),
    ("procedure_occurrence", "procedure_concept_id", "plausibleGender", 82),
    ("condition_occurrence", "condition_concept_id", "plausibleGenderUseDescendants", 2),
    ("measurement", "measurement_concept_id", "plausibleUnitConceptIds", 181),
]


def remove_clause(house: Path, table: str, column: str | None, name: str) -> None:
    """Take a check out of its contract."""
    file = house / "data_contracts" / "omop_cdm" / f"{table}.yaml"
    document = yaml.safe_load(file.read_text())
    (schema,) = document["schema"]
    place = next((one for one in schema["properties"] if one["name"] == column), schema)
    kept = [one for one in place["quality"] if one["name"] != name]
    assert len(kept) == len(place["quality"]) - 1
    place["quality"] = kept
    file.write_text(yaml.safe_dump(document, sort_keys=False))


def test_a_clause_of_each_kind_that_is_taken_out_is_asked_nowhere_any_more(
    house: Path, before: Compiled
):
    for table, column, name, _ in OF_EACH_KIND:
        remove_clause(house, table, column, name)
    after = compiled(house)

    gone = before.checks - after.checks
    assert after.checks <= before.checks
    for table, column, name, n_checks in OF_EACH_KIND:
        of_clause = f"{name}_{table}{f'_{column}' if column else ''}".lower()
        mine = {one for one in gone if re.fullmatch(f"[a-z]+_{of_clause}(_[0-9,]+)?", one)}
        assert len(mine) == n_checks, of_clause
        gone -= mine
        if column:
            assert before.docs_of(column, table) != after.docs_of(column, table)
    assert gone == set()
    kinds = {name for _, _, name, _ in OF_EACH_KIND}
    assert kinds == set(get_args(CheckName)) - {"measureValueCompleteness"}
    in_order = {"start": "visit_start_date", "end": "visit_end_date"}
    status = {"column": "condition_status_concept_id", "domain": "Condition Status"}
    kind = {"column": "condition_type_concept_id", "table": "concept", "to": "concept_id"}
    for table, word, asked in (
        ("visit_occurrence", "ordered", in_order),
        ("condition_occurrence", "domains", status),
        ("condition_occurrence", "references", kind),
    ):
        assert asked in before.asked_of(table)[word]
        assert asked not in after.asked_of(table)[word]


def test_a_plausible_limit_is_one_for_covariates_and_for_what_is_recorded(house: Path):
    file = house / "data_contracts" / "units" / "plausible_limits.csv"
    before = values_taken(house)
    (line,) = [line for line in file.read_text().splitlines() if line.startswith("3004249,")]
    assert ",40,300," in line
    file.write_text(file.read_text().replace(line, line.replace(",300,", ",250,")))
    after = values_taken(house)

    assert before == ({120.0, 260.0}, 300.0)
    assert after == ({120.0}, 250.0)


def values_taken(house: Path) -> tuple[set[float], float]:
    """Of systolic pressures of 120 and 260 those that a covariate takes, and dbt's highest."""
    measured = pl.LazyFrame(
        {"concept_id": [3004249] * 2, "value": [120.0, 260.0], "unit_concept_id": [8876] * 2}
    )
    conversions = conversion_frame(load_unit_contracts(house)).lazy()
    taken = harmonise_values(nw.from_native(measured), nw.from_native(conversions)).to_native()
    seed = pl.read_csv(io.StringIO(compile_dbt(house)[house / SEED]))
    accepted = seed.filter(concept_id=3004249, unit_concept_id=8876)
    return set(taken.collect()["value"].drop_nulls()), accepted["highest"].item()


HAEMOGLOBIN, MMOL_PER_L = 3000963, 8753


def test_a_conversion_is_one_for_covariates_and_for_the_check_of_units(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = house / "data_contracts" / "units" / "conversions.csv"
    cdm = tmp_path / "cdm"
    cdm.mkdir()
    record = {"measurement_concept_id": HAEMOGLOBIN, "unit_concept_id": MMOL_PER_L}
    pl.DataFrame({"measurement_id": 1, "person_id": 1} | record).write_parquet(
        cdm / "measurement.parquet"
    )
    monkeypatch.setattr(run_checks, "load_unit_contracts", lambda: load_unit_contracts(house))

    before = haemoglobin(house), implausible_units(cdm)
    (line,) = [
        line
        for line in file.read_text().splitlines(True)
        if line.startswith(f"{HAEMOGLOBIN},") and f",{MMOL_PER_L},mmol/L," in line
    ]
    file.write_text(file.read_text().replace(line, ""))
    after = haemoglobin(house), implausible_units(cdm)

    # 16,114 g/mol: 9 mmol/L are 14.5 g/dL.
    assert before == ([pytest.approx(9 * 1.6114)], 0)
    assert after == ([], 1)


def haemoglobin(house: Path) -> list[float]:
    """What a covariate takes of 9 mmol/L of haemoglobin, in g/dL."""
    measured = pl.LazyFrame(
        {"concept_id": [HAEMOGLOBIN], "value": [9.0], "unit_concept_id": [MMOL_PER_L]}
    )
    conversions = conversion_frame(load_unit_contracts(house)).lazy()
    taken = harmonise_values(nw.from_native(measured), nw.from_native(conversions)).to_native()
    return taken.collect()["value"].drop_nulls().to_list()


def implausible_units(cdm: Path) -> int | None:
    """How many records of haemoglobin have a unit that is not believed."""
    check_id = f"concept_plausibleunitconceptids_measurement_measurement_concept_id_{HAEMOGLOBIN}"
    run = run_checks.run_checks(open_cdm(cdm), today=date(2026, 11, 22), only=[check_id])
    (asked,) = run.results
    return asked.num_violated_rows
