"""The alternative that `catchment check` is timed against: a query of its own for each check.

The same checks, in the plain words that `--show` prints, one after the other on DuckDB, as
DataQualityDashboard asks them; no Great Expectations, nothing bundled, no report. Run as
`python -m tests.benchmarks.one_query_a_check FOLDER READING TODAY`.
"""

import sys
from datetime import date
from pathlib import Path

import duckdb

from analytics.contracts import load_contracts
from analytics.contracts.check_clause import Reading
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.quality_checks import list_quality_checks
from analytics.quality.measures import Circumstances, ask_for, is_there
from analytics.settings import current_settings
from analytics.warehouse import open_cdm


def main(folder: Path, reading: Reading, today: date) -> None:
    """Ask each check whose columns are there; print how many."""
    contracts = load_contracts("omop_cdm", only_landed=False)
    checks = list(list_quality_checks(contracts, load_check_tables(), "5.4", reading))
    settings = current_settings()
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"set threads = {settings.threads}")
        connection.execute(f"set memory_limit = '{settings.memory_gib:.1f}GiB'")
        cdm = open_cdm(folder)
        for table in cdm.table_names:
            connection.execute(f'create view "{table}" as select * from {cdm.relation(table)}')
        columns = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns"
        ).fetchall()
        catalogue: dict[str, dict[str, str]] = {}
        for table, column, kind in columns:
            catalogue.setdefault(table, {})[column] = kind
        given = Circumstances(reading=reading, today=today, catalogue=catalogue)
        n_asked = 0
        for check in checks:
            asking = ask_for(check, given)
            if contracts[check.table].is_checked_by_default and is_there(asking.needs, catalogue):
                looked_at = f"select {asking.looked_at.aggregate} from {asking.looked_at.source}"
                query = f"select (select count(*) from ({asking.rows}) as b), ({looked_at})"
                connection.execute(query).fetchall()
                n_asked += 1
    print(f"{n_asked:,} checks asked")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], date.fromisoformat(sys.argv[3]))  # type: ignore[arg-type]
