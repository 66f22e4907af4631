"""Covariates of a population from events of all domains."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import polars as pl

from analytics.contracts.units import UnitContracts
from analytics.errors import BadInputError
from analytics.features.definition import (
    EVENT_COLUMNS,
    LARGEST_CONCEPT_ID,
    Definition,
    summarise_events,
)
from analytics.features.demographics import RACE_AND_ETHNICITY_CONCEPTS, describe_people
from analytics.features.leakage import check_no_leakage, find_latest_days
from analytics.features.matrix import CovariateMatrix
from analytics.features.naming import describe_covariates
from analytics.features.polars_engine import run_on_polars
from analytics.features.study_analyses import analyses_of
from analytics.features.units import UNIT_COUNTS
from analytics.features.units_on_polars import count_values_read, harmonise_on_polars
from analytics.studies import CovariateSettings

Engine = Literal["polars", "spark"]
Table = pl.DataFrame | pl.LazyFrame

ROW_COLUMNS = ("row_id", "person_id", "index_day", "days_of_prior_observation")
REFUSED_SHOWN = 5


def build_covariates(
    rows: pl.DataFrame,
    *,
    events: Mapping[str, pl.LazyFrame],
    person: Table,
    concepts: Table,
    settings: CovariateSettings,
    engine: Engine = "polars",
    units: UnitContracts | None = None,
) -> CovariateMatrix:
    """The covariates of each row, from events up to the day before its index date.

    `rows` has `row_id`, `person_id`, `index_day` and `days_of_prior_observation`, one row for
    each index date. `events` has a frame for each domain, one row for each event, with
    `EVENT_COLUMNS`; `person` has `year_of_birth`, `sex`, `race`, `ethnicity`; `concepts` has
    `concept_id` and `concept_name`. A domain without a frame gives no covariate, and a warning
    says so; so does a concept whose covariate id would leave 64 bits. Race and ethnicity are left
    out unless `settings` say so, also where they are recorded as events.

    With `units`, measured values are taken in the one unit of their concept (`unit_concept_id` is
    then asked of measurement events); without, as they were recorded.

    Raises `RunFailedError` if an event of the index day or later was read.
    """
    index_dates = _check_rows(rows)
    run = _engine(engine)
    warnings: list[str] = []
    unit_counts = pl.DataFrame(schema=UNIT_COUNTS)
    parts = [
        describe_people(
            index_dates,
            person.lazy().collect(),
            use_race_and_ethnicity=settings.use_race_and_ethnicity,
        )
    ]
    for domain in settings.domains:
        if domain not in events:
            warnings.append(f"no {domain} events in this CDM: no {domain} covariates")
            continue
        recorded = events[domain]
        if domain == "measurement" and units is not None:
            unit_counts = count_values_read(index_dates, recorded, units)
            recorded = harmonise_on_polars(recorded, units)
        read = recorded.select(EVENT_COLUMNS)
        if not settings.use_race_and_ethnicity:
            read = read.filter(~pl.col("concept_id").is_in(RACE_AND_ETHNICITY_CONCEPTS))
        warnings += _refused_concepts(domain, read)
        definition = partial(summarise_events, analyses=analyses_of(domain, settings))
        parts.append(run(index_dates.select(ROW_COLUMNS[:3]), read, definition))

    triples = pl.concat(parts)
    matrix = CovariateMatrix(
        rows=index_dates.select(ROW_COLUMNS[:3]),
        covariate_ref=describe_covariates(triples, concepts),
        latest_days=find_latest_days(triples),
        values=triples.select("row_id", "covariate_id", "value").sort("row_id", "covariate_id"),
        unit_counts=unit_counts,
        warnings=tuple(warnings),
    )
    check_no_leakage(matrix)
    return matrix


def _engine(name: Engine) -> Callable[[pl.DataFrame, pl.LazyFrame, Definition], pl.DataFrame]:
    if name == "polars":
        return run_on_polars
    from analytics.features.spark_engine import run_on_spark

    return run_on_spark


def _check_rows(rows: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in ROW_COLUMNS if column not in rows.columns]
    if missing:
        raise BadInputError(
            f"rows to build covariates for lack {', '.join(missing)}; "
            f"they have {', '.join(rows.columns)}. Hand in the rows of a Population."
        )
    if rows["row_id"].n_unique() < rows.height:
        repeated = rows.filter(pl.col("row_id").is_duplicated())["row_id"][0]
        raise BadInputError(
            f"row_id {repeated} stands in two rows to build covariates for. "
            "Each index date needs a row_id of its own."
        )
    return rows.select(
        pl.col("row_id", "person_id").cast(pl.Int64),
        pl.col("index_day", "days_of_prior_observation").cast(pl.Int32),
    ).sort("row_id")


def _refused_concepts(domain: str, events: pl.LazyFrame) -> list[str]:
    """A warning that names the concepts whose covariate id would leave 64 bits, if any."""
    concept_id = pl.col("concept_id")
    refused = (
        events.select("concept_id")
        .filter((concept_id > LARGEST_CONCEPT_ID) | (concept_id < -LARGEST_CONCEPT_ID))
        .unique()
        .sort("concept_id")
        .collect(engine="streaming")["concept_id"]
    )
    if refused.is_empty():
        return []
    shown = ", ".join(str(concept) for concept in refused.head(REFUSED_SHOWN))
    more = f" and {len(refused) - REFUSED_SHOWN} more" if len(refused) > REFUSED_SHOWN else ""
    return [
        f"{domain}: no covariates of concept {shown}{more}, "
        "because their covariate ids would leave 64 bits"
    ]
