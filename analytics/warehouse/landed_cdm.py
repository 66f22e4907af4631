"""The CDM that a workspace has landed, to be read again table by table."""

from analytics.warehouse.cdm_source import CdmSource
from analytics.warehouse.landing import LANDED_TABLE, SCHEMA
from analytics.warehouse.workspace import Workspace, connect


def open_landed_cdm(workspace: Workspace) -> CdmSource:
    """The landed tables that the CDM itself had; those it lacked are lacking here, too."""
    with connect(workspace, read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, lower(data_type) from information_schema.columns "
            f"where table_schema = '{SCHEMA}' and table_name in "
            f"(select table_name from {SCHEMA}.{LANDED_TABLE} where is_present) "
            "order by table_name, ordinal_position"
        ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        columns.setdefault(str(table), {})[str(column)] = str(kind)
    return CdmSource(
        path=workspace.warehouse,
        locations={table: f"{SCHEMA}.{table}" for table in columns},
        columns=columns,
    )
