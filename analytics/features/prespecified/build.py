"""The covariates of prespecified analyses, from a CDM's own tables.

What a table gives is made for some people at a time (`made_of`); what depends on all of them, and
the names, is settled once at the end (`settle`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from analytics.features.certificate import in_rows
from analytics.features.concept_choice import ConceptChoice
from analytics.features.covariates import Covariates
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis, analyses_of_preset
from analytics.features.prespecified.cohort_rows import index_dates
from analytics.features.prespecified.definitions import Made, of_people, of_table
from analytics.features.prespecified.settling import (
    ANSWERED,
    MADE,
    READ,
    TRIPLE,
    Found,
    Settled,
    found_in,
    settle,
    settled_triples,
)
from analytics.features.prespecified.tables import Cdm
from analytics.features.prespecified.windows import check_end_day

PEOPLE = "people"

Collected = tuple[pl.DataFrame, pl.DataFrame, Found]


def build_prespecified_covariates(
    cohort: pl.DataFrame, cdm: Cdm, *, preset: str, end_day: int
) -> Covariates:
    """The preset's covariates of each cohort row, in windows that end on `end_day`.

    `cohort` has `row_id`, `subject_id`, `cohort_start_date`, `cohort_end_date`. A missing table is
    empty, and a warning says so; so does an analysis that is refused because an id of it would
    leave 64 bits. Raises `RunFailedError` where a row after the end day was read.
    """
    check_end_day(end_day)
    analyses = analyses_of_preset(preset)
    made = made_of(cdm, index_dates(cohort), analyses, end_day)
    return in_memory(cdm, made, lambda found: settle(found, cdm, analyses, end_day))


def in_memory(
    cdm: Cdm, made: Iterable[tuple[str, Made]], settled_from: Callable[[Found], Settled]
) -> Covariates:
    """The covariates that all tables gave, settled together."""
    return settled_together((collected_in_memory(cdm, part) for _, part in made), settled_from)


def settled_together(
    parts: Iterable[Collected], settled_from: Callable[[Found], Settled]
) -> Covariates:
    """The covariates of all parts, once what depends on all of them is settled."""
    covariates, answered = [pl.DataFrame(schema=MADE)], [pl.DataFrame(schema=ANSWERED)]
    found = []
    for triples, pairs, found_in_part in parts:
        covariates.append(triples)
        answered.append(pairs)
        found.append(found_in_part)
    settled = settled_from(Found.of_all(found))
    stays = settled_triples(pl.concat(covariates).lazy(), pl.concat(answered).lazy(), settled)
    return Covariates(
        covariates=stays.select(TRIPLE).collect(engine="streaming"),
        covariate_ref=settled.covariate_ref,
        analysis_ref=settled.analysis_ref,
        certificate=settled.certificate,
        warnings=settled.warnings,
    )


def collected_in_memory(cdm: Cdm, made: Made) -> Collected:
    """The covariates of a table, those of concepts with their answers, and what they are."""
    triples, pairs = collected(cdm, made)
    return triples, pairs, found_in(triples.lazy(), pairs.lazy(), rows_read_by(cdm, made))


def made_of(
    cdm: Cdm,
    dates: pl.DataFrame,
    analyses: Sequence[PrespecifiedAnalysis],
    end_day: int,
    choice: ConceptChoice | None = None,
) -> Iterator[tuple[str, Made]]:
    """What each table gives (by its name, and `people` for the persons') for these index dates."""
    rows = cdm.lift(dates)
    if made := of_people(cdm, rows, analyses, choice):
        yield PEOPLE, made
    for table in tables_of(analyses):
        asked = [analysis for analysis in analyses if analysis.table == table]
        yield table, of_table(cdm, rows, table, asked, end_day, choice)


def tables_of(analyses: Sequence[PrespecifiedAnalysis]) -> list[str]:
    """The event tables that these analyses read, each once."""
    return list(dict.fromkeys(analysis.table for analysis in analyses if analysis.table))


def collected(cdm: Cdm, made: Made) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The covariates that a table gave, and those of concepts with their answers."""
    covariates, answered = (
        pl.DataFrame(schema=columns)
        if frame is None
        else cdm.collect(frame).select(pl.col(name).cast(kind) for name, kind in columns.items())
        for frame, columns in ((made.covariates, MADE), (made.answered, ANSWERED))
    )
    return covariates, answered


def rows_read_by(cdm: Cdm, made: Made) -> pl.DataFrame:
    """One row for each analysis: how many rows were read for it, and their latest day."""
    return pl.concat(
        [pl.DataFrame(schema=READ), *(in_rows(cdm.collect(wide)) for wide in made.read)]
    )
