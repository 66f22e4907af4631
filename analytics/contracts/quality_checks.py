"""Contracts → the checks of OHDSI's data quality, each under the id that OHDSI gives it.

One check for each clause: what a table, column, type, key or reference implies, and what a
contract asks in so many words. Ids and names are those of DataQualityDashboard 2.8.4.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from analytics.contracts.check_clause import CdmVersion, Reading
from analytics.contracts.check_tables import AskedOfConcepts, CheckTables, CheckType
from analytics.contracts.contract import Asked, Column, Contract
from analytics.contracts.units import UnitContracts

INTEGERS: dict[Reading, tuple[str, ...]] = {
    "dqd": ("integer",),
    "catchment": ("integer", "Integer", "bigint"),
}
"""Types whose values must be whole numbers; OHDSI looks at one spelling only."""
OF_CONCEPTS = frozenset(
    {"plausibleGender", "plausibleGenderUseDescendants", "plausibleUnitConceptIds"}
)


OF_THE_COLUMN = frozenset({"isRequired", "isPrimaryKey"})
"""Checks whose limit for studies a column's own clause gives."""
OF_ROWS = ("isRequired", "isPrimaryKey", "isForeignKey")
"""What a row must have to be about anybody: its values, a key of its own, what it refers to."""


@dataclass(frozen=True, kw_only=True)
class QualityCheck:
    """One check, ready to be asked; columns go by their names in that version of the CDM.

    `threshold` is the percentage of rows that may break it; None: none may. `limit_share` is the
    share (0 to 1) above which a study stops; None never stops. `field` is None for a table.
    `override` says where a site's own limit comes from, and why; `is_optional` whether a CDM may
    lack the table.
    """

    check_id: str
    kind: CheckType
    asked: Asked
    table: str
    field: str | None
    cdm_type: str = ""
    is_required: bool = False
    concept_ids: tuple[int, ...] = ()
    concept_name: str = ""
    gender: int | None = None
    units: tuple[int, ...] = ()
    limit_share: float | None = None
    override: str = ""
    is_optional: bool = False

    @property
    def name(self) -> str:
        """The kind of check, e.g. isForeignKey."""
        return self.kind.name

    @property
    def threshold(self) -> float | None:
        """The percentage of rows that may break it."""
        return self.asked.threshold

    @property
    def column(self) -> str:
        """The column, of a check that has one."""
        if self.field is None:
            raise ValueError(f"{self.check_id} is about a table")
        return self.field

    @property
    def concept_id(self) -> str | None:
        """The concepts as OHDSI writes them in a result; None where it is not about concepts."""
        return ", ".join(map(str, self.concept_ids)) or None


def list_quality_checks(
    contracts: Mapping[str, Contract],
    tables: CheckTables,
    version: CdmVersion,
    reading: Reading = "dqd",
) -> Iterator[QualityCheck]:
    """Every check of every table that this version of the CDM has, in the order of the contracts.

    Tables that are not checked by default are among them. In the reading `catchment` each integer
    is checked, however the CDM's authors spelt its type, and so are the values, keys and references
    of columns that OHDSI's CDM has not, and keys that OHDSI does not look at (one death a person).
    """
    for contract in contracts.values():
        if version in contract.cdm_versions:
            yield from _of_contract(contract, tables, version, reading)


def _of_contract(
    contract: Contract, tables: CheckTables, version: CdmVersion, reading: Reading
) -> Iterator[QualityCheck]:
    columns = {column.name: column for column in contract.columns}
    names = {name: column.name_in(version) for name, column in columns.items()}
    asked_of = [
        *_of_the_table(contract),
        *(
            asked
            for column in contract.columns
            for asked in _implied(column, contract, version, reading)
        ),
        *(one for one in contract.checks if version in one.versions and reading in one.readings),
    ]
    for asked in asked_of:
        column = columns[asked.column] if asked.column else None
        if column is not None and not _is_asked(asked.name, column, version, reading):
            continue
        check = QualityCheck(
            check_id="",
            kind=tables.types[asked.name],
            asked=_as_named(asked, names),
            table=contract.name,
            field=names[column.name] if column else None,
            cdm_type=column.cdm_types.get(version, "") if column else "",
            is_required=column.is_required if column else False,
            limit_share=_limit_share(asked, column, tables),
            is_optional=contract.is_optional,
        )
        if asked.name in OF_CONCEPTS:
            for one in tables.of_concepts:
                if _fits(one, asked, contract) and version in one.versions:
                    yield _numbered(
                        replace(
                            check,
                            asked=replace(check.asked, threshold=one.threshold),
                            concept_ids=one.concept_ids,
                            concept_name=one.concept_name,
                            gender=one.gender,
                            units=one.units,
                        )
                    )
        else:
            yield _numbered(check)


def _is_asked(name: str, column: Column, version: CdmVersion, reading: Reading) -> bool:
    """A column that is not that version's own is asked in our reading what its rows must have."""
    return version in column.cdm_types or (reading == "catchment" and name in OF_ROWS)


def _limit_share(asked: Asked, column: Column | None, tables: CheckTables) -> float | None:
    """Where a study stops: for nulls and keys as the column says, else as the check or its kind."""
    if column is not None and asked.name in OF_THE_COLUMN:
        return column.limit_share
    of_kind = tables.types[asked.name].limit_share
    return of_kind if asked.limit_share is None else asked.limit_share


def _of_the_table(contract: Contract) -> Iterator[Asked]:
    """A table of the CDM is there."""
    if any(column.cdm_types for column in contract.columns):
        yield Asked(name="cdmTable")


def _implied(
    column: Column, contract: Contract, version: CdmVersion, reading: Reading
) -> Iterator[Asked]:
    """What the words of a column imply: it is there, filled, whole, a key, a reference."""
    name = column.name
    yield Asked(name="cdmField", column=name)
    if column.is_required:
        yield Asked(name="isRequired", column=name, threshold=0)
    if column.cdm_types.get(version) in INTEGERS[reading]:
        yield Asked(name="cdmDatatype", column=name, threshold=0)
    is_key = column.is_key and sum(one.is_key for one in contract.columns) == 1
    if is_key or (column.is_unique and reading == "catchment"):
        yield Asked(name="isPrimaryKey", column=name, threshold=0)
    if column.references:
        yield Asked(name="isForeignKey", column=name, threshold=0, to=column.references)
    stated = {one.name for one in contract.checks if one.column == name and version in one.versions}
    if "measureValueCompleteness" not in stated:
        may_lack = 0 if column.is_required else 100
        yield Asked(name="measureValueCompleteness", column=name, threshold=may_lack)


def take_converted_units(
    checks: Iterable[QualityCheck], units: UnitContracts
) -> tuple[QualityCheck, ...]:
    """The checks with those units believed, too, that our own contracts convert a concept from."""
    taken = {
        unit.concept_id: {unit.unit_concept_id, *units.conversions_of(unit)} for unit in units.units
    }
    return tuple(
        replace(check, units=(*check.units, *sorted(more)))
        if check.units and (more := taken.get(check.concept_ids[0], set()) - set(check.units))
        else check
        for check in checks
    )


def _as_named(asked: Asked, names: Mapping[str, str]) -> Asked:
    """The check with its columns as the version calls them."""
    return replace(
        asked,
        source_value=names.get(asked.source_value or "", asked.source_value),
        standard_concept=names.get(asked.standard_concept or "", asked.standard_concept),
        after=names.get(asked.after or "", asked.after),
        end=names.get(asked.end or "", asked.end),
    )


def _fits(one: AskedOfConcepts, asked: Asked, contract: Contract) -> bool:
    return (one.file, one.table, one.column) == (asked.concepts, contract.name, asked.column)


def check_id_of(name: str, table: str, column: str) -> str:
    """OHDSI's id of a check of one column."""
    return f"field_{name}_{table}_{column}".lower()


def _numbered(check: QualityCheck) -> QualityCheck:
    """The check under OHDSI's id: level, name, table, column and concepts, in lower case."""
    parts = (
        check.kind.level,
        check.name,
        check.table,
        check.field or "",
        ",".join(map(str, check.concept_ids)),
    )
    return replace(check, check_id="_".join(part for part in parts if part).lower())
