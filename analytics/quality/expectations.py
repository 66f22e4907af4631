"""Ask Great Expectations: one suite for each table, on DuckDB or PostgreSQL.

Only this file knows Great Expectations. It hands back a count for each check, or the message of
the exception in which the check ended.
"""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.quality.clauses import Check, tables_in
from analytics.quality.opened_cdm import OpenedCdm
from analytics.settings import prepare_environment
from analytics.warehouse.workspace import quoted

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations import Expectation

ROW_COUNT = "row_count"
LONGEST_MESSAGE = 400


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Great Expectations says of one check: a count, or the error it ended in."""

    count: int | None
    error: str | None


def ask(cdm: OpenedCdm, tables: Iterable[str], checks: list[Check]) -> dict[str, Answer]:
    """Ask all checks; answers by check id, and the rows of each table by `<table>.row_count`."""
    load_great_expectations()
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*generic SQL.*")
        source = context.data_sources.add_sql(
            "cdm",
            connection_string=cdm.url,
            kwargs={"creator": cdm.creator},  # type: ignore[call-arg]
        )
    answers: dict[str, Answer] = {}
    for table in dict.fromkeys((*tables, *tables_in(checks))):
        mine = [check for check in checks if check.table == table]
        suite = gx.ExpectationSuite(name=table, expectations=list_expectations(table, mine))
        batch = (
            source.add_table_asset(table, table_name=table)
            .add_batch_definition_whole_table("all rows")
            .get_batch()
        )
        validated = batch.validate(suite, result_format="BASIC")
        answers |= {
            str(result.expectation_config.meta["check_id"]): answer(result)  # type: ignore
            for result in validated.results
        }
    engine = source.get_execution_engine()
    engine.close()
    vars(engine.engine.dialect).clear()  # SQLAlchemy caches it, and with it types of DuckDB
    return answers


def load_great_expectations() -> None:
    """Import Great Expectations quietly: 1.24.1 imports modules that Python deprecates."""
    prepare_environment()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations.expectations  # noqa: F401


def list_expectations(table: str, checks: list[Check]) -> "list[Expectation]":
    """The suite of one table: its number of rows, and one expectation for each check."""
    from great_expectations import expectations as gxe

    from analytics.quality.breaking_rows import ExpectNoBreakingRows

    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=0, meta={"check_id": f"{table}.{ROW_COUNT}"}),
        *(
            ExpectNoBreakingRows(
                unexpected_rows_query=_rows_query(check), meta={"check_id": check.check_id}
            )
            for check in checks
        ),
    ]


def _rows_query(check: Check) -> str:
    """The breaking rows, from the batch under the table's own name; braces are GX's, so doubled."""
    breaking = check.breaking.replace("{", "{{").replace("}", "}}")
    return f"select 1 from (select * from {{batch}}) as {quoted(check.table)} {breaking}"


def answer(result: "ExpectationValidationResult") -> Answer:
    """The count in a result, or the exception: nested by metric, and never a breach."""
    message = exception_in(result.exception_info)
    count = None if message else _count(result.result or {})
    if count is None:
        return Answer(count=None, error=message or "the expectation returned no count")
    return Answer(count=count, error=None)


def _count(counted: Mapping[str, object]) -> int | None:
    """Breaking rows; or rows, where rows are counted."""
    count = counted.get("observed_value")
    return count if isinstance(count, int) else None


def exception_in(info: object) -> str | None:
    """The first message of an exception, at whatever depth Great Expectations put it."""
    if not isinstance(info, Mapping):
        return None
    if info.get("raised_exception"):
        return " ".join(str(info.get("exception_message")).split())[:LONGEST_MESSAGE]
    return next((message for part in info.values() if (message := exception_in(part))), None)
