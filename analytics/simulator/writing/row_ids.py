"""Row ids that carry on from batch to batch, and the columns that refer to them.

A batch numbers its rows from 1. Before they are written, every id is raised by the number of
rows that its table had before, and so is every column that refers to that table.
"""

from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from analytics.simulator.writing.cdm_tables import table_schemas

REFERS_TO = {
    "preceding_visit_occurrence_id": "visit_occurrence",
    "preceding_visit_detail_id": "visit_detail",
    "parent_visit_detail_id": "visit_detail",
    "episode_parent_id": "episode",
}
"""Columns that refer to a table's rows under another name than that of the table's own id."""
REFERS_TO_IN = {
    ("cost", "cost_event_id"): "visit_occurrence",
    ("episode_event", "event_id"): "drug_exposure",
    ("image_feature", "image_feature_event_id"): "condition_occurrence",
    ("image_feature", "image_finding_id"): "image_feature",
}
"""Columns that OMOP lets refer to any table, and the one that the simulator has them refer to."""
NOT_COUNTED = {"person", "location", "care_site", "provider", "concept"}
"""Tables whose ids are not counted batch by batch."""


def referred_table(table: str, column: str) -> str | None:
    """The table whose rows this column numbers or refers to, if it counts them batch by batch."""
    if (table, column) in REFERS_TO_IN:
        return REFERS_TO_IN[table, column]
    return REFERS_TO.get(column) or _own_ids().get(column)


def carry_on(name: str, rows: pa.Table, rows_before: Mapping[str, int]) -> pa.Table:
    """The rows with ids that follow on those of the rows written before.

    `rows_before` names every table that is written; what refers to another is null.
    """
    for position, column in enumerate(rows.column_names):
        referred = referred_table(name, column)
        if referred is None or rows_before.get(referred) == 0:
            continue
        ids = rows.column(position)
        if referred in rows_before:
            ids = pc.add(ids, pa.scalar(rows_before[referred], pa.int64()))
        else:
            ids = pa.nulls(len(rows), pa.int64())
        rows = rows.set_column(position, rows.schema.field(position), ids)
    return rows


def rising_ids(table: str, schema: pa.Schema) -> list[str]:
    """The columns whose numbers rise (nearly) row by row, because files are sorted by person."""
    return [
        field.name
        for field in schema
        if field.type == pa.int64()
        and (field.name == "person_id" or referred_table(table, field.name))
    ]


@cache
def _own_ids() -> Mapping[str, str]:
    """Each id column of a table that counts its rows: `measurement_id` of `measurement`."""
    return {
        f"{table}_id": table
        for table, schema in table_schemas().items()
        if table not in NOT_COUNTED
        and f"{table}_id" in schema.names
        and schema.field(f"{table}_id").type == pa.int64()
    }
