"""Contracts, dbt's YAML, marts and pages say the same things."""

import re
from pathlib import Path

import pytest
import yaml

from analytics.contracts import compile_dbt, load_contracts

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "dbt_project" / "models"


def test_the_dbt_yaml_is_what_the_contracts_say():
    stale = [
        str(path)
        for path, text in compile_dbt(ROOT).items()
        if not path.exists() or path.read_text() != text
    ]

    assert stale == [], "run `make fix`, which compiles the contracts"


def test_each_mart_has_a_contract_and_each_contract_a_mart():
    marts = {path.stem for path in (MODELS / "marts").glob("*.sql")}

    assert marts == set(load_contracts("marts"))


@pytest.mark.parametrize("layer", ["omop_cdm", "results", "marts"])
def test_each_contract_opens_with_its_grain(layer):
    without = [
        name
        for name, contract in load_contracts(layer).items()
        if not contract.grain_sentence.startswith("One row for each")
    ]

    assert without == []


@pytest.mark.parametrize("layer", ["results", "marts"])
def test_each_contract_names_the_columns_that_make_a_row_one(layer):
    for name, contract in load_contracts(layer).items():
        assert contract.grain, name
        assert set(contract.grain) <= set(contract.column_names), name


def test_each_mart_says_how_it_is_disclosed():
    for name, contract in load_contracts("marts").items():
        assert contract.disclosure is not None, name
        if contract.disclosure.level == "aggregate":
            counts = {column for column in contract.column_names if column.startswith("n_")}
            harmless = {"n_steps", "n_violated", "n_bins"}
            assert counts - harmless <= set(contract.disclosure.counts), name


def test_each_model_opens_with_its_grain():
    silent = [
        str(path.relative_to(ROOT))
        for path in MODELS.rglob("*.sql")
        if not re.search(r"(?i)one row (for each|only)", path.read_text()[:600])
    ]

    assert silent == []


def test_each_page_has_an_exposure_and_each_exposure_a_page_or_an_export():
    text = (MODELS / "marts" / "_exposures.yml").read_text()
    exposures = {entry["name"]: entry for entry in yaml.safe_load(text)["exposures"]}
    pages = {path.stem for path in (ROOT / "dashboards" / "app_pages").glob("*.py")} - {"__init__"}
    exports = {name for name in exposures if name.endswith("_export")}

    assert set(exposures) - exports == pages
    assert exports == {"risk_list_export"}


def test_an_exposure_names_the_marts_that_its_page_reads():
    text = (MODELS / "marts" / "_exposures.yml").read_text()
    for entry in yaml.safe_load(text)["exposures"]:
        page = ROOT / "dashboards" / "app_pages" / f"{entry['name']}.py"
        if not page.exists():
            continue
        promised = set(re.findall(r"ref\('(\w+)'\)", " ".join(entry["depends_on"])))
        read = set(re.findall(r"\bdata\.(\w+)\(", page.read_text())) & set(load_contracts("marts"))
        assert read <= promised, entry["name"]
        assert promised <= read, entry["name"]
