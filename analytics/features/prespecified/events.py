"""Records of people in the cohort, by day relative to index, and which windows they lie in."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.tables import EVENT_TABLES, OTHER_COLUMNS, Cdm, as_day
from analytics.features.prespecified.windows import is_reached

COVARIATE_COLUMNS = ("row_id", "covariate_id", "covariate_value", "analysis_id")


def read_records(cdm: Cdm, table: str) -> AnyLazyFrame:
    """One row for each record of a known concept: `concept_id`, `day`, `end_day`, and the rest."""
    event = EVENT_TABLES[table]
    start = nw.col(as_day(event.start))
    return (
        cdm.table(table)
        .filter(nw.col(event.concept) != 0)
        .select(
            "person_id",
            nw.col(event.concept).alias("concept_id"),
            start.alias("day"),
            (nw.col(as_day(event.end)) if event.end else start).alias("end_day"),
            *OTHER_COLUMNS.get(table, "").split(),
        )
    )


def relative_to_index(records: AnyLazyFrame, rows: AnyLazyFrame, end_day: int) -> AnyLazyFrame:
    """One row for each record and index date of its person that starts by the end day.

    `days` and `end_days` are relative to index. The only place that keeps later records out.
    """
    return (
        records.join(rows.select("row_id", "person_id", "index_day"), on="person_id", how="inner")
        .with_columns(
            days=nw.col("day") - nw.col("index_day"),
            end_days=nw.col("end_day") - nw.col("index_day"),
        )
        .filter(nw.col("days") <= end_day)
    )


def latest_by_concept(read: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (row_id, concept_id): the latest day and end day of its records.

    All that any window asks: a concept was recorded in it if its latest day reaches it.
    """
    return read.group_by("row_id", "concept_id").agg(
        days=nw.col("days").max(), end_days=nw.col("end_days").max()
    )


def by_window(
    latest: AnyLazyFrame,
    analyses: Sequence[PrespecifiedAnalysis],
    end_day: int,
    *,
    index: Sequence[str],
    value: nw.Expr | None = None,
) -> AnyLazyFrame:
    """One row for each row of `latest` and analysis whose window its latest day reaches.

    `index` columns stay; `analysis_id` and `covariate_value` (1, or `value`) are added.
    """
    taken = nw.lit(1.0) if value is None else value.cast(nw.Float64)
    columns = {}
    for analysis in analyses:
        reached = is_reached(analysis, end_day)
        columns[str(analysis.analysis_id)] = (
            taken if reached is None else nw.when(reached).then(taken)
        )
    return in_long_form(latest.select(*index, **columns), index)


def in_long_form(
    wide: AnyLazyFrame, index: Sequence[str], *, value_name: str = "covariate_value"
) -> AnyLazyFrame:
    """One row for each value in a column named by an analysis id; nulls are left out."""
    names = [name for name in wide.collect_schema().names() if name not in index]
    return (
        wide.unpivot(on=names, index=list(index), variable_name="analysis", value_name=value_name)
        .filter(~nw.col(value_name).is_null())
        .with_columns(analysis_id=nw.col("analysis").cast(nw.Int64))
        .drop("analysis")
    )


def with_id(found: AnyLazyFrame, covariate_id: nw.Expr) -> AnyLazyFrame:
    """One row for each covariate value, in the columns that every analysis gives."""
    return found.with_columns(covariate_id=covariate_id.cast(nw.Int64)).select(*COVARIATE_COLUMNS)
