"""Risks and reasons of people as of a day, with a model package that was trained before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.contracts import UnitContracts, load_unit_contracts
from analytics.days import to_day
from analytics.evaluation import flag, threshold_for_capacity
from analytics.features import build_covariates, leave_out_set_aside, tidy_csr
from analytics.models import top_reasons
from analytics.pipelines.learning import population_rows
from analytics.pipelines.reasons import say_reasons
from analytics.pipelines.study_run import StudyRun
from analytics.population import as_of_population
from analytics.registry import ModelPackage

# More than are given: those that rest on nothing recorded are left out.
REASONS_ASKED_FOR = 20

EMPTY = {
    "prediction": {
        "model_id": pl.String,
        "person_id": pl.Int64,
        "index_date": pl.Date,
        "as_of_date": pl.Date,
        "risk": pl.Float64,
        "risk_rank": pl.Int32,
        "is_flagged": pl.Boolean,
        "risk_in_words": pl.String,
    },
    "prediction_reason": {
        "person_id": pl.Int64,
        "index_date": pl.Date,
        "reason_rank": pl.Int32,
        "reason": pl.String,
        "covariate_name": pl.String,
        "contribution": pl.Float64,
    },
}


@dataclass(frozen=True, kw_only=True)
class RisksAsOf:
    """Who is at risk on a day.

    `prediction`: one row for each person and index date, by rank. `prediction_reason`: one row
    for each of these and rank of reason. Both in the columns of their results tables.
    """

    as_of: date
    prediction: pl.DataFrame
    prediction_reason: pl.DataFrame


def predict_risks(run: StudyRun, package: ModelPackage, model_id: str, as_of: date) -> RisksAsOf:
    """Predict for the people of a study as of a day; nothing dated that day or later is read."""
    as_of_day = to_day(as_of)
    people = as_of_population(
        run.study,
        as_of_day,
        cohort=run.cohorts(),
        observation_period=run.landed("observation_period"),
        person=run.landed("person"),
    )
    if people.is_empty():
        return RisksAsOf(
            as_of=as_of,
            prediction=pl.DataFrame(schema=EMPTY["prediction"]),
            prediction_reason=pl.DataFrame(schema=EMPTY["prediction_reason"]),
        )
    events = {
        domain: frame.filter(pl.col("day") < as_of_day) for domain, frame in run.events().items()
    }
    concepts, units = run.landed("concept"), load_unit_contracts()
    matrix = build_covariates(
        people,
        events=events,
        person=run.landed("person"),
        concepts=concepts,
        settings=run.study.covariates,
        engine=run.engine,
        units=units,
    )
    rows = population_rows(run, people, tidy_csr(matrix, package.covariates))
    risk = package.predict(rows)
    is_flagged = flag(risk, threshold_for_capacity(risk, run.study.capacity_share))
    prediction = (
        people.select("person_id", "index_date")
        .with_columns(
            model_id=pl.lit(model_id),
            as_of_date=pl.lit(as_of),
            risk=pl.Series(risk),
            is_flagged=pl.Series(is_flagged),
        )
        .sort("risk", "person_id", "index_date", descending=[True, False, False])
        .with_columns(
            risk_rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
            risk_in_words=_risk_in_words(run.study.outcome_in_words),
        )
    )
    reasons = say_reasons(
        top_reasons(
            package.model.contributions(rows),
            # As they are recorded: a reason says an age, not a share of the highest.
            covariates=matrix.to_csr(package.covariate_id.tolist())[0],
            covariate_reference=package.covariates,
            n_reasons=REASONS_ASKED_FOR,
        ),
        rows=people,
        events=_events_to_name(events, units),
        concepts=concepts.lazy(),
    )
    return RisksAsOf(
        as_of=as_of,
        prediction=prediction.select(*EMPTY["prediction"]),
        prediction_reason=reasons.select(*EMPTY["prediction_reason"]),
    )


def _events_to_name(
    events: Mapping[str, pl.LazyFrame], units: UnitContracts
) -> dict[str, pl.LazyFrame]:
    """The events that a reason may name: no measurement whose value the model was not given."""
    named = dict(events)
    if "measurement" in named:
        named["measurement"] = leave_out_set_aside(named["measurement"], units)
    return named


def _risk_in_words(outcome_in_words: str) -> pl.Expr:
    """`About 23 in 100 people like this have another hospital stay within 30 days`."""
    in_100 = (pl.col("risk") * 100).round(0).cast(pl.Int64)
    number = (
        pl.when(in_100 < 1)
        .then(pl.lit("Fewer than 1 in 100"))
        .when(in_100 > 99)
        .then(pl.lit("More than 99 in 100"))
        .otherwise(pl.format("About {} in 100", in_100))
    )
    return pl.format("{} people like this have {}", number, pl.lit(outcome_in_words))
