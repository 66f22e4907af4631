"""The CDM to spoil: its tables and columns, and the clauses that `catchment check` asks of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from analytics.contracts import Contract, load_contracts
from analytics.contracts.quality_checks import check_id_of

END_FIRST = "plausibleStartBeforeEnd"
BEFORE_BIRTH = "plausibleAfterBirth"
AFTER_DEATH = "plausibleBeforeDeath"
UNMAPPED = "standardConceptRecordCompleteness"
OF_EVENTS = (END_FIRST, BEFORE_BIRTH, AFTER_DEATH, UNMAPPED)
"""What is asked of the first day of a row of a person, and of an event: its life, its concept."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A folder of Parquet files, one for each table, beside the contracts of the CDM."""

    folder: Path
    contracts: Mapping[str, Contract]
    columns: Mapping[str, tuple[str, ...]]

    def path(self, table: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{table}.parquet"

    def asks(self, check_id: str) -> bool:
        """Whether `catchment check` asks this of the CDM."""
        return check_id in self.check_ids

    @cached_property
    def check_ids(self) -> frozenset[str]:
        """Every clause about rows that `catchment check` asks of the CDM, by its id."""
        return frozenset(
            check_id for table in self.columns for check_id in self._clauses(self.contracts[table])
        )

    @cached_property
    def referenced(self) -> frozenset[str]:
        """Columns that others refer to, as `table.column`; those of tables never landed, too."""
        contracts = load_contracts("omop_cdm", only_landed=False).values()
        by_keys = {column.references for one in contracts for column in one.columns}
        by_checks = {check.to for one in contracts for check in one.checks}
        return frozenset(filter(None, by_keys | by_checks))

    def start_of(self, table: str) -> str | None:
        """The column with the first day of a row, where the table has one."""
        return self._date(table, "_start_date") or self._date(table, "_date")

    def end_of(self, table: str) -> str | None:
        """The column with the last day of a row, where the table has one."""
        return self._date(table, "_end_date")

    def concept_of(self, table: str) -> str | None:
        """The column that says what an event is, of a table of events."""
        column = re.sub("_(occurrence|exposure)$", "", table) + "_concept_id"
        is_there = _is_of_events(self.contracts[table]) and column in self.columns[table]
        return column if is_there else None

    def about_start(self, kind: str, table: str) -> str:
        """The id of a check of the first day of a row."""
        return check_id_of(kind, table, self.start_of(table) or "")

    def _date(self, table: str, ending: str) -> str | None:
        return next(
            (
                column.name
                for column in self.contracts[table].columns
                if column.name.endswith(ending) and not column.name.startswith("verbatim_")
            ),
            None,
        )

    def _clauses(self, contract: Contract) -> Iterator[str]:
        name = contract.name
        for column in contract.columns:
            if column.name not in self.columns[name]:
                continue
            if column.is_required:
                yield check_id_of("isRequired", name, column.name)
            if column.is_unique:
                yield check_id_of("isPrimaryKey", name, column.name)
            if column.references and column.references.split(".")[0] in self.columns:
                yield check_id_of("isForeignKey", name, column.name)
        if len(contract.grain) > 1:
            yield f"{name}.unique"
        for rule in contract.rules:
            spoken_of = set(re.findall(r"\w+", rule.query)) & set(self.contracts) - {name}
            if spoken_of <= set(self.columns):
                yield ".".join((name, *((rule.column,) if rule.column else ()), rule.name))
        yield from self._about_events(contract)

    def _about_events(self, contract: Contract) -> Iterator[str]:
        start, concept = self.start_of(contract.name), self.concept_of(contract.name)
        is_event = _is_of_events(contract)
        for asked in contract.checks:
            if concept and (asked.name, asked.column) == (UNMAPPED, concept):
                yield check_id_of(UNMAPPED, contract.name, concept)
            if asked.column != start or not {start, "person_id"} <= set(
                self.columns[contract.name]
            ):
                continue
            ends = asked.name == END_FIRST and asked.end == self.end_of(contract.name)
            born = asked.name == BEFORE_BIRTH and is_event
            died = asked.name == AFTER_DEATH and is_event and "death" in self.columns
            if ends or born or died:
                yield self.about_start(asked.name, contract.name)


def _is_of_events(contract: Contract) -> bool:
    return any(rule.name == "inside_observation" for rule in contract.rules)


def survey(folder: Path) -> Ground:
    """Look at which tables of the contracts a folder holds, and at their columns."""
    contracts = load_contracts("omop_cdm")
    return Ground(
        folder=folder,
        contracts=contracts,
        columns={
            name: tuple(pq.read_schema(folder / f"{name}.parquet").names)
            for name in contracts
            if (folder / f"{name}.parquet").is_file()
        },
    )
