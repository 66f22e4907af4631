"""Which studies a check concerns: what is wrong with data that they use is wrong for them."""

from collections.abc import Mapping, Sequence

import polars as pl

from analytics.contracts import load_contracts
from analytics.pipelines.study_fit import has_drug_eras
from analytics.pipelines.study_uses import Part, list_parts
from analytics.studies import list_studies, load_study
from analytics.warehouse import Workspace
from analytics.warehouse.dbt_graph import read_graph


def with_studies(checks: pl.DataFrame, place: Workspace) -> pl.DataFrame:
    """One row for each check, with the shipped studies that use its field or table (`studies`).

    Names stand in order with a comma between; what no study uses has an empty text.
    """
    if checks.is_empty():
        return checks.with_columns(studies=pl.lit(""))
    graph, eras, names = read_graph(place), has_drug_eras(place), _names_in_contracts()
    parts = {
        name: list_parts(load_study(name), graph, has_drug_eras=eras) for name in list_studies()
    }
    fields = checks.select("table_name", "column_name").unique()
    touched = [
        _touched(table, names.get((table, column), column), parts)
        for table, column in fields.iter_rows()
    ]
    return checks.join(
        fields.with_columns(studies=pl.Series(touched, dtype=pl.String)),
        on=["table_name", "column_name"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def _touched(table: str, column: str | None, parts: Mapping[str, Sequence[Part]]) -> str:
    using = (name for name in parts if any(part.uses(table, column) for part in parts[name]))
    return ",".join(sorted(using))


def _names_in_contracts() -> dict[tuple[str, str], str]:
    """What the contracts call a column that CDM 5.3 calls otherwise, by table and that name."""
    return {
        (contract.name, alias): column.name
        for contract in load_contracts("omop_cdm").values()
        for column in contract.columns
        for alias in column.aliases
    }
