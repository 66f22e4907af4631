"""Our populations are PatientLevelPrediction 6.6.0's, wherever both can say the same thing.

Cases we cannot express are left out by rule, and counted: other anchors, windows that begin
before index or are cut at the cohort's end, a handed-in population, a lookback of 0 (which there
looks at no day at all). PLP's off-by-ones are translated, not repeated: its lookback of N reaches
back N - 1 days, its minimum of N days at risk means N + 1.
"""

import json
from pathlib import Path

import polars as pl
import pytest

from analytics.errors import StudyError
from analytics.population import build_population
from analytics.studies import PopulationRules, PredictionSettings, Study, TimeAtRisk
from tests.support.shared import shared_agreement

pytestmark = pytest.mark.needs_shared


def can_be_said(case: dict[str, dict[str, object]]) -> bool:
    settings = case["settings"]
    anchors = {settings["startAnchor"], settings["endAnchor"]}
    looks_back = settings["priorOutcomeLookback"] or not settings["removeSubjectsWithPriorOutcome"]
    return bool(
        anchors == {"cohort start"}
        and not settings["restrictTarToCohortEnd"]
        and settings["riskWindowStart"] >= 0
        and case["populationArgumentRowIds"] is None
        and looks_back
    )


def as_study(settings: dict[str, int]) -> Study:
    least = settings["minTimeAtRisk"] + 1 if settings["requireTimeAtRisk"] else 1
    rules = PopulationRules(
        first_index_only=settings["firstExposureOnly"],
        washout_days=settings["washoutPeriod"],
        remove_prior_outcome=settings["removeSubjectsWithPriorOutcome"],
        prior_outcome_lookback_days=min(max(settings["priorOutcomeLookback"] - 1, 0), 36525),
        require_time_at_risk=settings["requireTimeAtRisk"],
        min_time_at_risk_days=least,
        include_all_outcomes=settings["includeAllOutcomes"],
        death_completes_time_at_risk=False,
    )
    # Their settings may ask for more days than the window has; our Study would refuse that.
    return Study.model_construct(
        name="plp",
        target="target",
        outcome="outcome",
        index="start",
        time_at_risk=TimeAtRisk(
            first_day=settings["riskWindowStart"], last_day=settings["riskWindowEnd"]
        ),
        population=rules,
        prediction=PredictionSettings(kind="prevalent"),
    )


def as_frames(folder: Path, dataset: str, outcome_id: int) -> dict[str, pl.DataFrame]:
    """PLP's relative days as a CDM would have them."""
    rows = cohort_rows(folder, dataset)
    outcomes = (
        pl.read_parquet(folder / f"outcomes_{dataset}.parquet")
        .filter(pl.col("outcomeId") == outcome_id)
        .join(rows, left_on="rowId", right_on="row_id")
        .select(
            cohort_name=pl.lit("outcome"),
            person_id="person_id",
            start_day=(pl.col("index_day") + pl.col("daysToEvent")).cast(pl.Int32),
        )
    )
    targets = rows.select(pl.lit("target").alias("cohort_name"), "person_id", start_day="index_day")
    return {
        "cohort": pl.concat([targets, outcomes]).with_columns(end_day="start_day"),
        "observation_period": rows.select(
            "person_id",
            start_day=pl.col("index_day") - pl.col("before"),
            end_day=pl.col("index_day") + pl.col("after"),
        ).unique(),
        "person": rows.select("person_id", death_day=pl.lit(None, dtype=pl.Int32)).unique(),
        "rule_counts": pl.DataFrame(
            schema={"cohort_name": pl.String, "rule_number": pl.Int32, "rule": pl.String}
        ).with_columns(n_rows=pl.lit(0)),
    }


def cohort_rows(folder: Path, dataset: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"cohorts_{dataset}.parquet").select(
        row_id="rowId",
        person_id="subjectId",
        index_day=pl.col("cohortStartDate").str.to_date().cast(pl.Int32),
        before="daysFromObsStart",
        after="daysToObsEnd",
    )


def test_the_populations_are_those_of_patientlevelprediction():
    folder = shared_agreement("patientlevelprediction") / "population"
    cases = [case for case in json.loads((folder / "cases.json").read_text()) if can_be_said(case)]
    theirs = pl.read_parquet(folder / "population_rows.parquet")
    n_populations = 0
    for case in cases:
        frames = as_frames(folder, case["dataset"], case["outcomeId"])
        study = as_study(case["settings"])
        if case["status"] != "ok":
            with pytest.raises(StudyError):
                build_population(study, **frames)
            continue
        expected = theirs.filter(pl.col("caseId") == case["caseId"]).join(
            cohort_rows(folder, case["dataset"]), left_on="rowId", right_on="row_id"
        )
        population = build_population(study, **frames)

        # A person with two rows on one day has one row here.
        assert population.rows.select("person_id", "index_day", "days_to_outcome").rows() == sorted(
            set(
                expected.select(
                    "person_id",
                    "index_day",
                    pl.when(pl.col("outcomeCount") > 0).then(pl.col("daysToEvent").cast(pl.Int32)),
                ).rows()
            )
        ), case["caseId"]
        last = population.attrition.filter("is_applied").row(-1, named=True)
        assert last["n_people"] == case["attrition"][-1]["uniquePeople"], case["caseId"]
        if case["dataset"] == "E":  # one row a person, so rows can be compared too
            assert last["n_rows"] == case["attrition"][-1]["targetCount"], case["caseId"]
            assert last["n_outcomes"] == case["attrition"][-1]["outcomes"], case["caseId"]
        n_populations += 1

    assert (len(cases), n_populations) == (111, 102)
