"""The tables of `data_contracts/checks/`: the kinds of checks, and what is asked of concepts."""

from dataclasses import dataclass
from pathlib import Path

from analytics.contracts.check_clause import CDM_VERSIONS, CdmVersion
from analytics.contracts.folder import contracts_folder
from analytics.contracts.unit_tables import Row, UnitTable, read_table
from analytics.errors import BadInputError

MALE, FEMALE = 8507, 8532
"""OMOP's concepts of gender."""
GENDERS = {"male": MALE, "female": FEMALE}

TYPES = UnitTable(
    file="check_types.csv",
    whole=(),
    numbers=("limit_share",),
    texts=(
        "check_name",
        "level",
        "severity",
        "category",
        "subcategory",
        "context",
        "description",
    ),
    may_be_empty=frozenset({"subcategory", "limit_share"}),
)
OF_CONCEPTS = ("table", "column", "concept_ids", "concept_name")
GENDER_TABLES = tuple(
    UnitTable(file=file, whole=(), numbers=("threshold",), texts=(*OF_CONCEPTS, "gender"))
    for file in ("plausible_genders.csv", "plausible_genders_of_descendants.csv")
)
UNIT_TABLE = UnitTable(
    file="plausible_units.csv",
    whole=(),
    numbers=("threshold",),
    texts=(*OF_CONCEPTS, "unit_concept_ids", "cdm_version"),
    may_be_empty=frozenset({"cdm_version"}),
)


@dataclass(frozen=True, kw_only=True)
class CheckType:
    """One of the 27 kinds of checks: its level, its gravity, its place in Kahn's words.

    `limit_share` is the share of rows (0 to 1) that may break such a check before a study that uses
    what it is about stops; None never stops.
    """

    name: str
    level: str
    severity: str
    category: str
    subcategory: str
    context: str
    description: str
    limit_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class AskedOfConcepts:
    """What is asked of records of one concept, or of several and those below them.

    `gender` is the concept of the gender it belongs to; `units` are the units that are believed.
    """

    file: str
    table: str
    column: str
    concept_ids: tuple[int, ...]
    concept_name: str
    threshold: float | None
    gender: int | None = None
    units: tuple[int, ...] = ()
    versions: tuple[CdmVersion, ...] = CDM_VERSIONS


@dataclass(frozen=True, kw_only=True)
class CheckTables:
    """The kinds of checks by name, and what is asked of concepts in the order of the files."""

    types: dict[str, CheckType]
    of_concepts: tuple[AskedOfConcepts, ...]


def load_check_tables(root: Path | None = None) -> CheckTables:
    """Read `data_contracts/checks/` under `root` (the house unless given).

    Raises BadInputError with all faults of all files, one a line.
    """
    folder = contracts_folder(root) / "checks"
    faults: list[str] = []
    types = [_type(row) for row in read_table(folder, TYPES, faults)]
    asked: list[AskedOfConcepts] = []
    for table in (*GENDER_TABLES, UNIT_TABLE):
        for row in read_table(folder, table, faults):
            found = _fault(row)
            if found:
                faults.append(row.fault(found))
            else:
                asked.append(_asked(row))
    if faults:
        raise BadInputError(
            f"data_contracts/checks has {len(faults)} fault{'s' * (len(faults) > 1)}; "
            "correct each and read again:\n  " + "\n  ".join(faults)
        )
    return CheckTables(types={one.name: one for one in types}, of_concepts=tuple(asked))


def _type(row: Row) -> CheckType:
    return CheckType(
        name=row.text("check_name"),
        level=row.text("level"),
        severity=row.text("severity"),
        category=row.text("category"),
        subcategory=row.text("subcategory"),
        context=row.text("context"),
        description=row.text("description"),
        limit_share=row.number("limit_share"),
    )


def _fault(row: Row) -> str | None:
    threshold = row.number("threshold") or 0.0
    if not 0 <= threshold <= 100:
        return f"threshold is {threshold:g}; it is a percentage, 0 to 100"
    for column in ("concept_ids", "unit_concept_ids"):
        for word in row.cells.get(column, "").split():
            if not word.removeprefix("-").isdecimal():
                return f"{column} has {word!r}, not a whole number"
    if row.cells.get("gender", "male") not in GENDERS:
        return f"gender is {row.text('gender')!r}, neither of: {', '.join(GENDERS)}"
    if row.cells.get("cdm_version") not in (None, "", *CDM_VERSIONS):
        return f"cdm_version is {row.text('cdm_version')!r}, neither of: {', '.join(CDM_VERSIONS)}"
    return None


def _asked(row: Row) -> AskedOfConcepts:
    version = row.cells.get("cdm_version", "")
    return AskedOfConcepts(
        file=row.file,
        table=row.text("table"),
        column=row.text("column"),
        concept_ids=tuple(map(int, row.text("concept_ids").split())),
        concept_name=row.text("concept_name"),
        threshold=row.number("threshold"),
        gender=GENDERS[row.cells["gender"]] if "gender" in row.cells else None,
        units=tuple(map(int, row.cells.get("unit_concept_ids", "").split())),
        versions=tuple(one for one in CDM_VERSIONS if version in ("", one)),
    )
