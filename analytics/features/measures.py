"""What each measure is: which of the events that were read it looks at, and what it makes of them.

Measures that add up share one pass over the events, those of values another; what looks at days,
at concepts, or at one value of many takes a pass of its own.
"""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.analysis import OF_RANGES, OF_VALUES, Analysis, Measure
from analytics.features.lazy_frames import AnyLazyFrame
from analytics.features.one_value import pick_values
from analytics.features.slopes import find_slope

UNSTRATIFIED = 1  # stands in the covariate id where a concept would
OF_CONCEPT = ("row_id", "concept_id")
ADDED: frozenset[Measure] = OF_RANGES.union({"count", "any", "days_within", "days_since_latest"})
PICKED: frozenset[Measure] = frozenset({"first_value", "latest_value"})


def measure_events(
    read: AnyLazyFrame, analyses: Sequence[Analysis], *, are_ids_unique: bool
) -> list[AnyLazyFrame]:
    """For each kind of measure: one row for each (row_id, covariate_id).

    `read` has the events by day relative to index, `days`, up to the one last day that the
    windows of `analyses` have. Where an event_id may stand twice, ties cost another pass.
    """
    parts = []
    if asked := _of(analyses, ADDED):
        parts.append(_in_one_pass(read, asked))
    if asked := _of(analyses, {"distinct_days"}):
        parts.append(_distinct_days(read, asked))
    if asked := _of(analyses, {"distinct_concepts"}):
        parts.append(_distinct_concepts(read, asked))
    if of_values := _of(analyses, OF_VALUES):
        valued = read.filter(~nw.col("value").is_null(), ~nw.col("value").is_nan())
        parts += _of_values(valued, of_values, are_ids_unique=are_ids_unique)
    return parts


def _of(analyses: Sequence[Analysis], measures: frozenset[Measure] | set[str]) -> list[Analysis]:
    return [analysis for analysis in analyses if analysis.measure in measures]


def _of_values(
    valued: AnyLazyFrame, analyses: Sequence[Analysis], *, are_ids_unique: bool
) -> list[AnyLazyFrame]:
    parts = []
    latest = _of(analyses, {"latest_value"})
    # Whoever picks the latest event has its day for nothing.
    how_long_ago = _of(analyses, {"days_since_latest_value"}) if latest else []
    others = OF_VALUES - PICKED - {"slope"}
    if summed := [each for each in _of(analyses, others) if each not in how_long_ago]:
        parts.append(_in_one_pass(valued, summed))
    if latest:
        picked = pick_values(valued, earliest=False, are_ids_unique=are_ids_unique)
        parts += [_as_covariate(_keep_inside(picked, one), one) for one in latest]
        since = picked.with_columns(value=-nw.col("days"))
        parts += [_as_covariate(_keep_inside(since, one), one) for one in how_long_ago]
    for one in _of(analyses, {"first_value"}):
        picked = pick_values(
            _keep_inside(valued, one), earliest=True, are_ids_unique=are_ids_unique
        )
        parts.append(_as_covariate(picked, one))
    for one in _of(analyses, {"slope"}):
        parts.append(_as_covariate(find_slope(_keep_inside(valued, one)), one))
    return parts


def _in_one_pass(read: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    measured = {str(a.analysis_id): _measured(a).cast(nw.Float64) for a in analyses}
    # Of no value at all the sum is not 0: there is none.
    numbers = {
        f"n_{a.analysis_id}": _one_where(is_inside(a)).sum() for a in analyses if a.measure == "sum"
    }
    grouped = read.group_by(*OF_CONCEPT).agg(last_day=nw.col("days").max(), **measured, **numbers)
    there = {
        number.removeprefix("n_"): nw.when(nw.col(number) > 0).then(
            nw.col(number.removeprefix("n_"))
        )
        for number in numbers
    }
    return _in_long_form(grouped.with_columns(**there) if there else grouped, analyses)


def _distinct_days(read: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    return _count_rows(read.select(*OF_CONCEPT, "days").unique(), analyses)


def _distinct_concepts(read: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    latest = (
        read.group_by(*OF_CONCEPT)
        .agg(days=nw.col("days").max())
        .with_columns(concept_id=nw.lit(UNSTRATIFIED, nw.Int64))
    )
    return _count_rows(latest, analyses)


def _count_rows(rows: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    counted = {
        str(a.analysis_id): _one_where(is_inside(a)).sum().cast(nw.Float64) for a in analyses
    }
    grouped = rows.group_by(*OF_CONCEPT).agg(last_day=nw.col("days").max(), **counted)
    return _in_long_form(grouped, analyses)


def _in_long_form(grouped: AnyLazyFrame, analyses: Sequence[Analysis]) -> AnyLazyFrame:
    """One row for each value; counts of 0 and values that are not there are left out."""
    value = nw.col("value")
    may_be_any_number = [
        a.analysis_id
        for a in analyses
        if a.measure in OF_VALUES or a.measure == "days_since_latest"
    ]
    kept = value > 0
    if may_be_any_number:
        is_number = nw.col("analysis_id").is_in(may_be_any_number)
        kept = ~value.is_null() & (kept | is_number)
    return (
        grouped.unpivot(
            on=[str(a.analysis_id) for a in analyses],
            index=[*OF_CONCEPT, "last_day"],
            variable_name="analysis",
            value_name="value",
        )
        .with_columns(analysis_id=nw.col("analysis").cast(nw.Int64))
        .filter(kept)
        .select(*_columns(nw.col("analysis_id")))
    )


def _measured(analysis: Analysis) -> nw.Expr:
    """What an analysis makes of the events of a concept, those outside its window left out."""
    inside = is_inside(analysis)
    value, days_ago = nw.col("value"), -nw.col("days")
    match analysis.measure:
        case "count":
            return _one_where(inside).sum()
        case "any":
            return _one_where(inside).max()
        case "days_within":
            return _days_within(analysis).sum()
        case "days_since_latest" | "days_since_latest_value":
            return _where(inside, days_ago).min()
        case "below_range" | "above_range" | "out_of_range" as side:
            return _one_where(_and(inside, _is_beyond(side))).sum()
        case "min":
            return _where(inside, value).min()
        case "max":
            return _where(inside, value).max()
        case "mean":
            return _where(inside, value).mean()
        case "sum":
            return _where(inside, value).sum()
        case "standard_deviation":
            return _where(inside, value).std(ddof=1)
    raise AssertionError(f"{analysis.measure} takes a pass of its own")


def is_inside(analysis: Analysis) -> nw.Expr | None:
    """Whether an event that was read lies in the window; none where every one does."""
    first_day = analysis.window.first_day if analysis.window else None
    if first_day is None:
        return None
    if analysis.matched_by == "overlap":
        return nw.max_horizontal(nw.col("end_day") - nw.col("index_day"), "days") >= first_day
    return nw.col("days") >= first_day


def _days_within(analysis: Analysis) -> nw.Expr:
    first_day = analysis.window.first_day if analysis.window else None
    end = nw.max_horizontal(nw.col("end_day") - nw.col("index_day"), nw.col("days"))
    last = nw.min_horizontal(end, nw.lit(analysis.last_day))
    first = nw.col("days") if first_day is None else nw.max_horizontal("days", nw.lit(first_day))
    return nw.max_horizontal(last - first + 1, nw.lit(0))


def _is_beyond(side: str) -> nw.Expr:
    # To both engines NaN is larger than any number, and a comparison with null is null.
    recorded = nw.col("recorded_value")
    value = nw.when(~recorded.is_nan()).then(recorded)
    below, above = (
        (~beyond.is_null()) & beyond
        for beyond in (value < nw.col("normal_low"), value > nw.col("normal_high"))
    )
    return {"below_range": below, "above_range": above}.get(side, below | above)


def _and(inside: nw.Expr | None, condition: nw.Expr) -> nw.Expr:
    return condition if inside is None else inside & condition


def _keep_inside(read: AnyLazyFrame, analysis: Analysis) -> AnyLazyFrame:
    inside = is_inside(analysis)
    return read if inside is None else read.filter(inside)


def _one_where(inside: nw.Expr | None) -> nw.Expr:
    if inside is None:
        return nw.lit(1) + nw.col("days") * 0
    return nw.when(inside).then(nw.lit(1)).otherwise(nw.lit(0))


def _where(inside: nw.Expr | None, value: nw.Expr) -> nw.Expr:
    return value if inside is None else nw.when(inside).then(value)


def _as_covariate(found: AnyLazyFrame, analysis: Analysis) -> AnyLazyFrame:
    return found.select(*_columns(nw.lit(analysis.analysis_id, nw.Int64)))


def _columns(analysis_id: nw.Expr) -> tuple[nw.Expr, ...]:
    return (
        nw.col("row_id"),
        (nw.col("concept_id") * 1000 + analysis_id).alias("covariate_id"),
        analysis_id.cast(nw.Int32).alias("analysis_id"),
        nw.col("value").cast(nw.Float64),
        nw.col("last_day").cast(nw.Int32),
    )
