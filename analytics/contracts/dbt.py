"""Write contracts in dbt's words: sources for the CDM and for results, enforced marts.

The files are generated so that a promise is written once. A house test holds them to the
contracts; `catchment contracts compile` writes them anew.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import yaml

from analytics.contracts.accepted_values import accepted_values
from analytics.contracts.contract import Column, Contract
from analytics.contracts.dbt_tests import Yaml, clauses_in_words, source_test
from analytics.contracts.reader import load_contracts
from analytics.settings import house_root

HEADER = (
    "# Written by `catchment contracts compile` from data_contracts/{layer}/.\n"
    "# Change the contract there, not this file.\n"
)
CDM_SCHEMA = "{{ var('cdm_schema', 'cdm') }}"
LINE_WIDTH = 100


def compile_dbt(root: Path | None = None) -> dict[Path, str]:
    """The text of each dbt file that follows from the contracts under `root` (the house).

    Keys are paths under `root`; nothing is written.
    """
    house = root or house_root()
    cdm = load_contracts("omop_cdm", house)
    models = house / "dbt_project" / "models"
    return {
        models / "staging" / "_omop__sources.yml": _text(
            "omop_cdm",
            _source(
                "omop",
                "The OMOP CDM as it was landed, in the columns and types of its contracts.",
                CDM_SCHEMA,
                cdm.values(),
                tests=partial(source_test, tables=cdm.keys()),
            ),
        ),
        models / "staging" / "_results__sources.yml": _text(
            "results",
            _source(
                "results",
                "What Python found out about each study; empty until a study has run.",
                "results",
                load_contracts("results", house).values(),
            ),
        ),
        house / "dbt_project" / "seeds" / "accepted_value.csv": accepted_values(house),
        models / "marts" / "_marts.yml": _text(
            "marts",
            {"models": [_mart(contract) for contract in load_contracts("marts", house).values()]},
        ),
    }


def _source(
    name: str,
    description: str,
    schema: str,
    contracts: Iterable[Contract],
    tests: Callable[[Contract], Mapping[str, Yaml]] | None = None,
) -> Mapping[str, Yaml]:
    return {
        "sources": [
            {
                "name": name,
                "description": description,
                "schema": schema,
                "tables": [
                    {
                        "name": contract.name,
                        "description": _described(contract),
                        **(tests(contract) if tests else {}),
                        "columns": [_readable(column, contract) for column in contract.columns],
                    }
                    for contract in contracts
                ],
            }
        ]
    }


def _mart(contract: Contract) -> Mapping[str, Yaml]:
    return {
        "name": contract.name,
        "description": _described(contract),
        "config": {"contract": {"enforced": True}},
        "data_tests": [{"one_row_for_each": {"arguments": {"columns": list(contract.grain)}}}],
        "columns": [_enforced(column) for column in contract.columns],
    }


def _described(contract: Contract) -> str:
    """The grain sentence, then what the contract adds to it."""
    if contract.description == contract.grain_sentence:
        return contract.grain_sentence
    return f"{contract.grain_sentence} {contract.description}"


def _column(column: Column) -> dict[str, Yaml]:
    return {
        "name": column.name,
        "data_type": column.physical_type,
        "description": column.description,
    }


def _readable(column: Column, contract: Contract) -> Mapping[str, Yaml]:
    """A column of a source, what is asked of it, and its older names for `as_contracted`."""
    clauses = clauses_in_words(column, contract)
    said = {"description": f"{column.description} {clauses}"} if clauses else {}
    older: dict[str, Yaml] = {"config": {"meta": {"aliases": list(column.aliases)}}}
    return _column(column) | said | (older if column.aliases else {})


def _enforced(column: Column) -> Mapping[str, Yaml]:
    never_null: dict[str, Yaml] = {"constraints": [{"type": "not_null"}]}
    return _column(column) | (never_null if column.is_required else {})


def _text(layer: str, content: Mapping[str, Yaml]) -> str:
    body = yaml.safe_dump(
        {"version": 2} | dict(content), sort_keys=False, allow_unicode=True, width=LINE_WIDTH
    )
    return HEADER.format(layer=layer) + body
