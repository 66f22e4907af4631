"""What was built from what, kept in the database: the tables `cohort_build` and `model_build`.

Both lie in the schema `cohorts`. `cohort_build` is for people: one row for each cohort, with the
checksums it was built from and why. `model_build` is for the next build: one row for each model,
seed and test, with its key.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from analytics.warehouse.dbt_graph import DbtNode
from analytics.warehouse.workspace import Workspace, connect, literal, quoted, transaction

SCHEMA = "cohorts"
COHORT_BUILD = """
    cohort_name varchar, definition_sha256 varchar, model_sha256 varchar,
    concept_sets_sha256 varchar, cdm_name varchar, cdm_release_date date,
    vocabulary_version varchar, tables varchar, built_from varchar, compiler_version varchar,
    built_at timestamp, reason varchar, is_reused boolean
"""
MODEL_BUILD = "unique_id varchar, key varchar, text varchar, concept_sets varchar"


@dataclass(frozen=True, kw_only=True)
class TableMark:
    """The rows of a table of the CDM: how many, and the fingerprint of what they hold."""

    n_rows: int
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class CdmRelease:
    """What the CDM says of itself in `cdm_source`; empty where it does not say."""

    cdm_name: str = ""
    cdm_release_date: str = ""
    vocabulary_version: str = ""


@dataclass(frozen=True, kw_only=True)
class CohortBuild:
    """What a cohort was built from, when and why: one row of `cohort_build`.

    `definition_sha256` is the hash of the definition in its agreed form, or of the files of a model
    written by hand; `model_sha256` that of the SQL that ran; `concept_sets_sha256` that of the
    members of its concept sets. `tables` are the CDM's tables that it reads, `built_from` the keys
    of other cohorts that it is made of. `is_reused` says whether the last build took it as it was.
    """

    cohort_name: str
    definition_sha256: str
    model_sha256: str
    concept_sets_sha256: str
    cdm_name: str
    cdm_release_date: str
    vocabulary_version: str
    tables: Mapping[str, TableMark]
    built_from: Mapping[str, str]
    compiler_version: str
    built_at: str
    reason: str
    is_reused: bool


@dataclass(frozen=True, kw_only=True)
class ModelBuild:
    """The key that a node was built with, and what dbt had compiled it to."""

    key: str
    text: str
    concept_sets: tuple[str, ...]


def read_model_builds(workspace: Workspace) -> dict[str, ModelBuild]:
    """What each node was built with by its `unique_id`; nothing before the first build."""
    if not workspace.warehouse.is_file():
        return {}
    with connect(workspace, read_only=True) as connection:
        if not _has_table(connection, "model_build"):
            return {}
        rows = connection.execute(f"select * from {SCHEMA}.model_build").fetchall()
    return {
        str(name): ModelBuild(key=key, text=text, concept_sets=tuple(json.loads(concept_sets)))
        for name, key, text, concept_sets in rows
    }


def forget_model_builds(workspace: Workspace, names: Collection[str]) -> None:
    """Forget nodes that are about to be built, so that a build that dies is done again."""
    with connect(workspace) as connection:
        _make_tables(connection)
        connection.execute(
            f"delete from {SCHEMA}.model_build where unique_id in (select unnest(?))", [list(names)]
        )


def write_builds(
    workspace: Workspace,
    nodes: Iterable[DbtNode],
    keys: Mapping[str, str],
    cohorts: Iterable[CohortBuild],
) -> None:
    """Replace what is remembered by these nodes, their keys and these cohorts, all or nothing."""
    models = [
        [node.unique_id, keys[node.unique_id], node.text, json.dumps(node.concept_sets)]
        for node in nodes
    ]
    with connect(workspace) as connection, transaction(connection):
        _make_tables(connection)
        connection.execute(f"delete from {SCHEMA}.model_build")
        connection.execute(f"delete from {SCHEMA}.cohort_build")
        if models:
            connection.executemany(f"insert into {SCHEMA}.model_build values (?, ?, ?, ?)", models)
        rows = [_row(build) for build in cohorts]
        if rows:
            places = ", ".join("?" for _ in rows[0])
            connection.executemany(f"insert into {SCHEMA}.cohort_build values ({places})", rows)


def read_cohort_builds(workspace: Workspace) -> dict[str, CohortBuild]:
    """What each cohort was built from, by name; nothing before the first build."""
    if not workspace.warehouse.is_file():
        return {}
    with connect(workspace, read_only=True) as connection:
        if not _has_table(connection, "cohort_build"):
            return {}
        rows = connection.execute(
            "select * replace ("
            "coalesce(cast(cdm_release_date as varchar), '') as cdm_release_date, "
            "strftime(built_at, '%Y-%m-%dT%H:%M:%S') as built_at) "
            f"from {SCHEMA}.cohort_build order by cohort_name"
        ).fetchall()
    return {str(row[0]): _build(row) for row in rows}


def _row(build: CohortBuild) -> list[object]:
    marks = {name: vars(mark) for name, mark in build.tables.items()}
    values = vars(build) | {
        "tables": json.dumps(marks),
        "built_from": json.dumps(dict(build.built_from)),
        "cdm_release_date": build.cdm_release_date or None,
    }
    return list(values.values())


def _build(row: tuple[object, ...]) -> CohortBuild:
    texts = [str(value) for value in row[:7]]
    marks = json.loads(str(row[7]))
    return CohortBuild(
        cohort_name=texts[0],
        definition_sha256=texts[1],
        model_sha256=texts[2],
        concept_sets_sha256=texts[3],
        cdm_name=texts[4],
        cdm_release_date=texts[5],
        vocabulary_version=texts[6],
        tables={name: TableMark(**mark) for name, mark in marks.items()},
        built_from=json.loads(str(row[8])),
        compiler_version=str(row[9]),
        built_at=str(row[10]),
        reason=str(row[11]),
        is_reused=bool(row[12]),
    )


def present_relations(workspace: Workspace) -> frozenset[tuple[str, str]]:
    """Schema and name of each table and view in the warehouse; none where there is no warehouse."""
    if not workspace.warehouse.is_file():
        return frozenset()
    with connect(workspace, read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
    return frozenset((str(schema), str(name)) for schema, name in rows)


def member_fingerprints(workspace: Workspace) -> dict[str, str]:
    """The fingerprint of the members of each concept set, by its name, as they were resolved."""
    with connect(workspace, read_only=True) as connection:
        rows = connection.execute(
            "select concept_set, md5(string_agg(concept_id, ',' order by concept_id)) "
            "from vocabulary.concept_set_members group by concept_set"
        ).fetchall()
    return {str(name): str(fingerprint) for name, fingerprint in rows}


def table_marks(workspace: Workspace, found: Mapping[str, str]) -> dict[str, TableMark]:
    """How many rows each landed table of the CDM has, beside the fingerprint found for it."""
    with connect(workspace, read_only=True) as connection:
        counted = {name: _count(connection, name) for name in found}
    return {
        name: TableMark(n_rows=counted[name], fingerprint=fingerprint)
        for name, fingerprint in found.items()
    }


def cdm_release(workspace: Workspace) -> CdmRelease:
    """What the landed CDM says of itself; of several sources the first by name."""
    with connect(workspace, read_only=True) as connection:
        row = connection.execute(
            "select coalesce(cdm_source_name, ''), "
            "coalesce(cast(cdm_release_date as varchar), ''), "
            "coalesce(vocabulary_version, '') from cdm.cdm_source order by all limit 1"
        ).fetchone()
    if row is None:
        return CdmRelease()
    name, day, version = (str(value) for value in row)
    return CdmRelease(cdm_name=name, cdm_release_date=day, vocabulary_version=version)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    counted = connection.execute(f"select count(*) from cdm.{quoted(table)}").fetchone()
    return int(counted[0]) if counted else 0


def _has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        "select 1 from information_schema.tables "
        f"where table_schema = {literal(SCHEMA)} and table_name = {literal(table)}"
    ).fetchone()
    return found is not None


def _make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"create table if not exists {SCHEMA}.cohort_build ({COHORT_BUILD})")
    connection.execute(f"create table if not exists {SCHEMA}.model_build ({MODEL_BUILD})")
