"""Open a CDM where it lies: a folder of Parquet or CSV files, or a DuckDB file.

Names of tables and columns are read without regard to case. Nothing is changed and nothing is
copied; `land` does that.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from analytics.errors import BadInputError, near_miss
from analytics.warehouse.postgres_address import is_url
from analytics.warehouse.workspace import literal, quoted

NAMES = """
    attribute_definition care_site cdm_source cohort cohort_definition concept concept_ancestor
    concept_class concept_relationship concept_synonym condition_era condition_occurrence cost death
    device_exposure domain dose_era drug_era drug_exposure drug_strength episode episode_event
    fact_relationship location location_history measurement metadata note note_nlp observation
    observation_period payer_plan_period person procedure_occurrence provider relationship
    source_to_concept_map specimen visit_detail visit_occurrence vocabulary
"""
CDM_TABLES = frozenset(NAMES.split())
"""The tables of CDM 5.4, and `location_history`, which definitions may ask for."""
FILE_ENDINGS = (".parquet", ".csv", ".csv.gz")
DATABASE_ENDINGS = (".duckdb", ".db", ".ddb")
ATTACHED = "cdm_file"
CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class CdmSource:
    """A CDM that can be read: its tables, their columns and types, and their content's hash.

    `locations` says, for each table, the file that holds it or, in a DuckDB file, `schema.table`.
    """

    path: Path
    locations: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]

    @property
    def table_names(self) -> tuple[str, ...]:
        """Names of the CDM tables that are there, sorted."""
        return tuple(sorted(self.locations))

    @property
    def is_database(self) -> bool:
        """Whether the CDM is one DuckDB file."""
        return self.path.is_file()

    def attach(self, connection: duckdb.DuckDBPyConnection, schema: str = "cdm") -> None:
        """Create one view for each table in `schema` of `connection`, names in lower case."""
        connection.execute(f"create schema if not exists {quoted(schema)}")
        self.attach_file(connection)
        for table in self.table_names:
            columns = ", ".join(
                f"{quoted(name)} as {quoted(name.lower())}"
                for name in self._columns_as_written(connection, table)
            )
            connection.execute(
                f"create or replace view {quoted(schema)}.{quoted(table)} as "
                f"select {columns} from {self.relation(table)}"
            )

    def attach_file(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let `connection` read the DuckDB file; nothing to do for a folder."""
        if self.is_database:
            connection.execute(
                f"attach if not exists {literal(str(self.path))} as {ATTACHED} (read_only)"
            )

    def relation(self, table: str, *, as_text: bool = False) -> str:
        """What stands behind `from` to read a table; `as_text` leaves CSV cells as they are."""
        location = self.locations[table]
        if self.is_database:
            schema, name = location.split(".", 1)
            return f"{ATTACHED}.{quoted(schema)}.{quoted(name)}"
        return _reader(location, as_text=as_text)

    def fingerprints(self, tables: Collection[str] = CDM_TABLES) -> dict[str, str]:
        """SHA-256 of the content of each of these tables that is there.

        Touching a file changes nothing; one cell does.
        """
        wanted = [table for table in self.table_names if table in tables]
        if not self.is_database:
            return {table: _hash_files(self.locations[table]) for table in wanted}
        with duckdb.connect() as connection:
            self.attach_file(connection)
            return {table: self._hash_rows(connection, table) for table in wanted}

    def _columns_as_written(self, connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
        described = connection.execute(f"describe select * from {self.relation(table)}").fetchall()
        return [str(row[0]) for row in described]

    def _hash_rows(self, connection: duckdb.DuckDBPyConnection, table: str) -> str:
        # A sum over rows does not care in which order a database hands them out.
        relation = self.relation(table)
        summary = connection.execute(
            f"select count(*), sum(md5_number(row_text) % 1000000000000000000), "
            f"bit_xor(md5_number(row_text)) "
            f"from (select cast(each_row as varchar) as row_text from {relation} as each_row)"
        ).fetchone()
        return hashlib.sha256(f"{dict(self.columns[table])}{summary}".encode()).hexdigest()


def open_cdm(path: Path) -> CdmSource:
    """Find the CDM tables at `path` and read their columns and types from DuckDB's catalogue.

    Raises BadInputError when `path` is a URL, when there is nothing at it, no table with an OMOP
    name in it, or a file that cannot be read.
    """
    if is_url(str(path)):
        # Not told: a password may stand in it.
        raise BadInputError(
            "The CDM is given by a URL, and is read here from a folder of Parquet or CSV files or "
            "a DuckDB file. Copy it into one. Where it lies it can be checked (catchment check URL "
            "--warehouse postgres) and have cohorts (catchment cohorts generate)."
        )
    if path.is_dir():
        locations = _tables_in_folder(path)
    elif path.is_file():
        locations = _tables_in_database(path)
    else:
        raise BadInputError(
            f"There is no CDM at {path}: no such folder or file. "
            "Give a folder of Parquet or CSV files, or a DuckDB file."
        )
    source = CdmSource(path=path, locations=locations, columns={})
    with duckdb.connect() as connection:
        source.attach_file(connection)
        columns = {table: _describe(connection, source, table) for table in source.table_names}
    return CdmSource(path=path, locations=locations, columns=columns)


def _describe(
    connection: duckdb.DuckDBPyConnection, source: CdmSource, table: str
) -> dict[str, str]:
    try:
        rows = connection.execute(f"describe select * from {source.relation(table)}").fetchall()
    except duckdb.Error as error:
        raise BadInputError(
            f"{source.locations[table]} cannot be read as a table: {_first_line(error)} "
            "Write it anew as Parquet or CSV with a header line."
        ) from error
    return {str(row[0]).lower(): str(row[1]).lower() for row in rows}


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]


def _tables_in_folder(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    others: list[str] = []
    for entry in sorted(folder.iterdir()):
        name, location = _table_in(entry)
        if name in CDM_TABLES:
            if name in found:
                raise BadInputError(
                    f"{folder} holds the table {name} twice: {Path(found[name]).name} and "
                    f"{entry.name}. Keep one of them."
                )
            found[name] = location
        elif name:
            others.append(name)
    if not found:
        guess = "".join(near_miss(name, CDM_TABLES) for name in others[:1])
        held = f"it holds {', '.join(others[:5])}" if others else "it holds no such file"
        raise BadInputError(
            f"{folder} is not a CDM: no Parquet or CSV file in it has the name of an OMOP table "
            f"({held}).{guess} Files are named as their table: person.parquet or person.csv."
        )
    return found


def _table_in(entry: Path) -> tuple[str, str]:
    """The table an entry of the folder holds and how to read it; empty names when none."""
    name = entry.name.lower()
    if entry.is_dir() and any(entry.glob("*.parquet")):
        return name, str(entry / "*.parquet")
    for ending in FILE_ENDINGS:
        if entry.is_file() and name.endswith(ending):
            return name.removesuffix(ending), str(entry)
    return "", ""


def _tables_in_database(path: Path) -> dict[str, str]:
    if not path.name.lower().endswith(DATABASE_ENDINGS):
        raise BadInputError(
            f"{path} is a file that is not a DuckDB database (by its name). Give the folder it "
            "lies in, or a file that ends in .duckdb."
        )
    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach {literal(str(path))} as {ATTACHED} (read_only)")
        except duckdb.Error as error:
            raise BadInputError(
                f"{path} cannot be opened as a DuckDB database: {_first_line(error)}"
            ) from error
        rows = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = ? order by table_schema, table_name",
            [ATTACHED],
        ).fetchall()
    by_schema: dict[str, dict[str, str]] = {}
    for schema, table in rows:
        if str(table).lower() in CDM_TABLES:
            by_schema.setdefault(schema, {})[str(table).lower()] = f"{schema}.{table}"
    if not by_schema:
        raise BadInputError(
            f"{path} is not a CDM: none of its {len(rows)} tables has the name of an OMOP table."
        )
    return max(by_schema.values(), key=lambda tables: ("person" in tables, len(tables)))


def _reader(location: str, *, as_text: bool) -> str:
    if location.lower().endswith(".parquet"):
        return f"read_parquet({literal(location)})"
    how = "all_varchar = true" if as_text else "sample_size = -1"
    return f"read_csv({literal(location)}, header = true, {how})"


def _hash_files(location: str) -> str:
    path = Path(location)
    files = sorted(path.parent.glob("*.parquet")) if path.name == "*.parquet" else [path]
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            while block := content.read(CHUNK):
                digest.update(block)
    return digest.hexdigest()
