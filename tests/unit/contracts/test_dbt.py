"""Contracts in dbt's words: the YAML says what the contracts say, nothing more and nothing less."""

from pathlib import Path

import yaml

from analytics.contracts import compile_dbt, load_contracts

ROOT = Path(__file__).resolve().parents[3]
STAGING = ROOT / "dbt_project" / "models" / "staging"
MARTS = ROOT / "dbt_project" / "models" / "marts"


def compiled(path: Path):
    return yaml.safe_load(compile_dbt(ROOT)[path])


def test_four_files_follow_from_the_contracts():
    assert set(compile_dbt(ROOT)) == {
        ROOT / "dbt_project" / "seeds" / "accepted_value.csv",
        STAGING / "_omop__sources.yml",
        STAGING / "_results__sources.yml",
        MARTS / "_marts.yml",
    }


def test_each_source_table_has_the_columns_and_types_of_its_contract():
    for file, name, layer in (
        ("_omop__sources.yml", "omop", "omop_cdm"),
        ("_results__sources.yml", "results", "results"),
    ):
        (source,) = compiled(STAGING / file)["sources"]
        contracts = load_contracts(layer, ROOT)
        assert source["name"] == name
        assert [table["name"] for table in source["tables"]] == list(contracts)
        for table in source["tables"]:
            columns = contracts[table["name"]].columns
            assert [(c["name"], c["data_type"]) for c in table["columns"]] == [
                (c.name, c.physical_type) for c in columns
            ]
            for told, column in zip(table["columns"], columns, strict=True):
                assert told["description"].startswith(column.description)
                assert ("Never null." in told["description"]) == column.is_required


def test_the_cdm_schema_is_a_variable():
    (source,) = compiled(STAGING / "_omop__sources.yml")["sources"]

    assert source["schema"] == "{{ var('cdm_schema', 'cdm') }}"


def test_each_mart_enforces_its_contract_and_its_grain():
    models = {model["name"]: model for model in compiled(MARTS / "_marts.yml")["models"]}
    contracts = load_contracts("marts", ROOT)

    assert list(models) == list(contracts)
    for name, model in models.items():
        assert model["config"]["contract"] == {"enforced": True}
        assert model["data_tests"] == [
            {"one_row_for_each": {"arguments": {"columns": list(contracts[name].grain)}}}
        ]
        never_null = {c["name"] for c in model["columns"] if c.get("constraints")}
        assert never_null == {c.name for c in contracts[name].columns if c.is_required}
        assert [c["data_type"] for c in model["columns"]] == [
            c.physical_type for c in contracts[name].columns
        ]


def test_compiling_twice_gives_the_same_text_and_writes_nothing():
    before = {path: path.read_bytes() for path in compile_dbt(ROOT) if path.exists()}

    assert compile_dbt(ROOT) == compile_dbt(ROOT)
    assert before == {path: path.read_bytes() for path in before}
