"""What each warehouse does for cohorts: a CDM that dbt reads, and a schema of ours it writes to."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from analytics.contracts import Contract
from analytics.errors import ContractBreachError
from analytics.warehouse.landing import missing_parts

OWN_PREFIX = "catchment_"
"""How the names of our schemas begin; they last as long as the command that made them."""


class CohortWarehouse(Protocol):
    """An opened warehouse; `schema` is ours, `cdm_schema` the CDM's."""

    @property
    def schema(self) -> str:
        """The schema that dbt writes to."""

    @property
    def cdm_schema(self) -> str:
        """The schema that holds the CDM."""

    @property
    def cdm_tables(self) -> frozenset[str]:
        """The tables that the CDM has, names in lower case."""

    def profile(self) -> Mapping[str, object]:
        """How dbt reaches the warehouse: one target of a profile."""

    def save(self, query: str, folder: Path) -> None:
        """Write the cohort rows that a query answers as Parquet into an empty folder."""

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The few rows that a query answers."""

    def without_secrets(self, text: str) -> str:
        """The text as it may be shown."""

    def check_answers(self) -> None:
        """Raise RunFailedError when the warehouse is not there any more."""


def own_schema() -> str:
    """A name for a schema of ours that no other has."""
    return f"{OWN_PREFIX}{token_hex(4)}"


def cohort_queries(schema: str, tables: Mapping[int, str], *, at_once: int) -> Iterator[str]:
    """Queries for the rows of cohorts in OHDSI's shape, `at_once` cohorts in each.

    `tables` says which table of the schema holds the rows of each id.
    """
    selects = [
        # A text is cast: the smallest 64-bit number cannot be written as a number with a minus.
        f"select cast('{number}' as bigint) as cohort_definition_id, "
        "cast(person_id as bigint) as subject_id, cohort_start_date, cohort_end_date "
        f"from {schema}.{table}"
        for number, table in tables.items()
    ]
    for first in range(0, len(selects), at_once):
        yield " union all ".join(selects[first : first + at_once])


def check_readable(
    where: str, columns: Mapping[str, Collection[str]], contracts: Mapping[str, Contract]
) -> None:
    """Raise ContractBreachError when a CDM lacks a table or column that none can do without."""
    faults = missing_parts(columns, contracts)
    if faults:
        listed = "\n".join(f"  - {fault}" for fault in faults)
        raise ContractBreachError(
            f"no cohorts can be built on {where}: its contract requires what is not there.\n"
            f"{listed}"
        )
