"""From tables to covariates of one's own settings: one pass over the events of each source."""

from collections.abc import Iterator, Sequence

import narwhals as nw
import polars as pl

from analytics.contracts.units import load_unit_contracts
from analytics.features.analysis import OF_VALUES, Analysis
from analytics.features.certificate import rows_read
from analytics.features.definition import (
    LARGEST_CONCEPT_ID,
    AnyLazyFrame,
    keep_lookback,
    read_by_last_day,
)
from analytics.features.measures import is_inside, measure_events
from analytics.features.own.answers import answers_in_windows
from analytics.features.own.events import by_source, read_events
from analytics.features.own.facts import facts_of
from analytics.features.prespecified.definitions import Made
from analytics.features.prespecified.tables import Cdm
from analytics.features.scores.scoring import score_rows
from analytics.features.settings import FeatureSettings


def own_made_of(
    cdm: Cdm, dates: pl.DataFrame, settings: FeatureSettings
) -> Iterator[tuple[str, Made]]:
    """What each source of events gives for these index dates, by its domain; facts; scores."""
    rows = cdm.lift(dates)
    if settings.facts:
        facts = facts_of(cdm, rows, settings.facts)
        yield "people", Made(covariates=_as_triples(facts), read=())
    index = rows.select("row_id", "person_id", "index_day")
    contracts = load_unit_contracts() if settings.are_units_harmonised else None
    for source, asked in by_source(settings.analyses).items():
        units = contracts if are_harmonised(source.domain, asked) else None
        yield source.domain, _made_of_events(read_events(cdm, source, units=units), index, asked)
    if settings.scores:
        yield "scores", score_rows(cdm, index, settings.scores)


def are_harmonised(domain: str, analyses: Sequence[Analysis]) -> bool:
    """Whether the analyses look at values that are taken in the one unit of their concept."""
    return domain == "measurement" and any(each.measure in OF_VALUES for each in analyses)


def _made_of_events(
    events: AnyLazyFrame, index: AnyLazyFrame, analyses: Sequence[Analysis]
) -> Made:
    covariates, answered, certified = [], [], []
    for read, asked in read_by_last_day(index, events, analyses):
        # A CDM may lack the key of a table, or repeat it.
        measured = measure_events(read, asked, are_ids_unique=False)
        covariates += [_as_triples(part) for part in measured]
        if of_answers := [each for each in asked if each.measure == "value_as_concept"]:
            answered.append(answers_in_windows(read, of_answers))
        certified.append(rows_read(read, {each.analysis_id: _reached(each) for each in asked}))
    covariates.append(_beyond_64_bits(events, index, analyses))
    return Made(
        covariates=nw.concat(covariates),
        read=tuple(certified),
        answered=nw.concat(answered) if answered else None,
    )


def _reached(analysis: Analysis) -> tuple[str, nw.Expr | None]:
    window = analysis.window
    name = f"{window.first_day if window else None}_{analysis.matched_by}"
    return name, is_inside(analysis)


def _as_triples(found: AnyLazyFrame) -> AnyLazyFrame:
    return found.select(
        "row_id",
        "covariate_id",
        covariate_value=nw.col("value"),
        analysis_id=nw.col("analysis_id").cast(nw.Int64),
    )


def _beyond_64_bits(
    events: AnyLazyFrame, index: AnyLazyFrame, analyses: Sequence[Analysis]
) -> AnyLazyFrame:
    """One row for each analysis and event whose id would leave 64 bits, without an id."""
    beyond = events.filter(
        ~nw.col("concept_id").is_between(-LARGEST_CONCEPT_ID, LARGEST_CONCEPT_ID)
    ).join(index, on="person_id", how="inner")
    parts = []
    for analysis in analyses:
        read = keep_lookback(beyond, analysis.last_day)
        inside = is_inside(analysis)
        parts.append(
            (read if inside is None else read.filter(inside)).select(
                "row_id",
                covariate_id=nw.lit(None, nw.Int64),
                covariate_value=nw.lit(None, nw.Float64),
                analysis_id=nw.lit(analysis.analysis_id, nw.Int64),
            )
        )
    return nw.concat(parts)
