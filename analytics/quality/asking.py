"""Ask Great Expectations: one suite for each table, one expectation for each check."""

import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analytics.quality.answers import Answered, Question
from analytics.quality.asked_database import AskedDatabase
from analytics.quality.expectations import exception_in, load_great_expectations
from analytics.quality.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent import SQLDatasource
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.expectations import Expectation

ABSENT = "select * from information_schema.tables where table_name = '{table}'"


def ask_all(
    database: AskedDatabase, questions: Sequence[Question], kept: KeptAnswers | None = None
) -> dict[str, Answered]:
    """The answers by check id; a check that Great Expectations says nothing of has none.

    A table whose answers are kept from a run that was killed is not asked again.
    """
    load_great_expectations()
    import great_expectations as gx

    from analytics.quality.counted_together import will_ask

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*generic SQL.*")
        source = context.data_sources.add_sql(
            "cdm",
            connection_string=database.url,
            kwargs={"creator": database.creator},  # type: ignore[call-arg]
        )
    engine = source.get_execution_engine()
    will_ask(engine, _together(questions))
    by_table: dict[str, list[Question]] = defaultdict(list)
    for check, asking in questions:
        by_table[check.table].append((check, asking))
    answers: dict[str, Answered] = {}
    try:
        for table, mine in by_table.items():
            if kept and table in kept.held:
                answers |= kept.held[table]
                continue
            suite = gx.ExpectationSuite(name=table, expectations=list_expectations(mine))
            batch = _batch(source, database, table)
            validated = batch.validate(suite, result_format="BASIC")
            of_table = {
                str(result.expectation_config.meta["check_id"]): _answered(result)  # type: ignore
                for result in validated.results
            }
            if kept:
                kept.keep(table, of_table)
            answers |= of_table
    finally:
        engine.close()
        vars(engine.engine.dialect).clear()  # SQLAlchemy caches it, and with it types of DuckDB
    return answers


def list_expectations(questions: Sequence[Question]) -> "list[Expectation]":
    """The suite of one table: one expectation for each check."""
    from analytics.quality.few_breaking_rows import ExpectFewBreakingRows

    return [
        ExpectFewBreakingRows(
            check_id=check.check_id,
            breaking_source=asking.breaking.source,
            breaking=asking.breaking.aggregate,
            looked_at_source=asking.looked_at.source,
            looked_at=asking.looked_at.aggregate,
            recorded_source=asking.recorded.source if asking.recorded else "",
            recorded=asking.recorded.aggregate if asking.recorded else "",
            most_percent=check.threshold or 0.0,
            meta={"check_id": check.check_id},
        )
        for check, asking in questions
    ]


def _together(questions: Sequence[Question]) -> Mapping[str, Sequence[str]]:
    """By source: each aggregate over it, once."""
    aggregates: dict[str, dict[str, None]] = defaultdict(dict)
    for _, asking in questions:
        for measure in asking.measures:
            aggregates[measure.source][measure.aggregate] = None
    return {source: tuple(of_source) for source, of_source in aggregates.items()}


def _batch(source: "SQLDatasource", database: AskedDatabase, table: str) -> "Batch":
    """All rows of a table; of one that is not there, the catalogue, which has no such table."""
    name = f"rows of {table}"
    asset = (
        source.add_table_asset(name, table_name=table)
        if table in database.catalogue
        else source.add_query_asset(name, query=ABSENT.format(table=table))
    )
    return asset.add_batch_definition_whole_table("all rows").get_batch()


def _answered(result: "ExpectationValidationResult") -> Answered:
    message = exception_in(result.exception_info)
    details = (result.result or {}).get("details")
    if message or details is None:
        return Answered(error=message or "the expectation returned no count")
    return Answered(
        breaking=int(details["breaking"]),
        looked_at=int(details["looked_at"]),
        recorded=details.get("recorded"),
        is_met=bool(result.success),
    )
