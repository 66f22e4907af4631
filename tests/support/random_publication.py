"""All marts of a small study of people drawn at random, as they are before anything is withheld.

People are few and groups uneven, so that small counts meet in every way. Evaluation and audit are
computed by the product; the other counts are counted here.
"""

import numpy as np
import polars as pl
from hypothesis import strategies as st

from analytics.evaluation import calibration_curve, decision_curve, predictions_of
from analytics.fairness import audit

STUDY, MODEL = "readmission_30d", "xgboost"
COUNTS = ("n_rows", "n_people", "n_outcomes", "n_people_with_outcome")
ATTRIBUTES = ("overall", "sex", "race", "age_band", "index_year")


@st.composite
def people_of_a_study(draw: st.DrawFn) -> pl.DataFrame:
    """One row for each person and index date: groups of very different size, repeats, outcomes.

    `last_step` is the last rule of the study that the row obeys (3: it is in the population).
    """
    seed = draw(st.integers(0, 2**32 - 1))
    n_rows = draw(st.integers(40, 400))
    repeats = draw(st.sampled_from([1.0, 1.2, 3.0]))
    sexes = draw(st.sampled_from([[1.0], [9, 8], [30, 25, 1]]))
    races = draw(st.sampled_from([[5, 5], [20, 9, 3, 1, 1], [50, 2, 1]]))
    ages = draw(st.sampled_from([[1, 1], [20, 20, 1], [1, 5, 9, 9]]))
    outcomes = draw(st.sampled_from([0.05, 0.15, 0.4, 0.9]))
    lost = draw(st.sampled_from([0.0, 0.02, 0.3]))
    judged = draw(st.sampled_from([0.3, 0.9, 1.0]))
    chance = np.random.default_rng(seed)
    n_people = max(1, round(n_rows / repeats))
    person = np.concatenate([np.arange(n_people), chance.integers(0, n_people, n_rows - n_people)])[
        :n_rows
    ]
    is_at_risk = chance.random(n_people) < min(1.0, outcomes * 2)

    def of_person(weights: list[float]) -> np.ndarray:
        return chance.choice(len(weights), n_people, p=np.array(weights) / sum(weights))[person]

    def of_row(weights: list[float]) -> np.ndarray:
        return chance.choice(len(weights), n_rows, p=np.array(weights) / sum(weights))

    rows = pl.DataFrame(
        {
            "person_id": person,
            "overall": ["Everyone"] * n_rows,
            "sex": [f"sex {each}" for each in of_person(sexes)],
            "race": [f"race {each}" for each in of_person(races)],
            "age_band": [f"age {each}" for each in of_row(ages)],
            "index_year": [f"{2020 + each}" for each in of_row([3, 2, 1])],
            "had_outcome": is_at_risk[person] & (chance.random(n_rows) < 0.6),
            "is_judged": (chance.random(n_people) < judged)[person],
            "last_step": np.where(chance.random(n_rows) >= lost, 3, chance.integers(1, 3, n_rows)),
            "is_short": chance.random(n_rows) < 0.05,
            "path": [f"path {each}" for each in of_person([9, 5, 1, 1, 1])],
        }
    )
    risk = chance.beta(1, 4, n_rows) + 0.2 * rows["had_outcome"].to_numpy()
    return rows.with_columns(risk=np.round(np.clip(risk, 0, 1), 2))


def publication_of(people: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Every aggregate mart, with true counts."""
    studied = people.filter(pl.col("last_step") == 3)
    marts = {
        "run_log": _run_log(people),
        "data_quality": _data_quality(people),
        "cohort_attrition": _cohorts(people),
        "study_attrition": _attrition(people),
        "population_profile": _profile(studied),
        "treatment_pathway": _paths(people),
        "covariate_importance": _importance(studied),
    }
    judged = studied.filter("is_judged")
    if judged.is_empty() or judged["had_outcome"].n_unique() < 2:
        judged = studied
    return marts | _judged(judged, is_everyone=judged.height == studied.height)


def _counted(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    had = pl.col("had_outcome")
    return rows.group_by(*by).agg(
        n_rows=pl.len().cast(pl.Int64),
        n_people=pl.col("person_id").n_unique().cast(pl.Int64),
        n_outcomes=had.sum().cast(pl.Int64),
        n_people_with_outcome=pl.col("person_id").filter(had).n_unique().cast(pl.Int64),
    )


def _all(rows: pl.DataFrame) -> dict[str, int]:
    if rows.is_empty():
        return dict.fromkeys(COUNTS, 0)
    return _counted(rows, "overall").select(COUNTS).row(0, named=True)


def _run_log(people: pl.DataFrame) -> pl.DataFrame:
    n_people = people["person_id"].n_unique() + 30
    return pl.DataFrame(
        {"study": ["", STUDY], "step_number": [1, 1], "n_people": [n_people, None]},
        schema_overrides={"n_people": pl.Int64},
    )


def _data_quality(people: pl.DataFrame) -> pl.DataFrame:
    n_people = people["person_id"].n_unique() + 30
    tables = [("person", n_people, 0), ("death", 7, 2), ("care_site", 8, 1), ("visit", 900, 4)]
    return pl.DataFrame(
        {
            "study": "",
            "check_id": f"{table}.{number}",
            "table_name": table,
            "n_violated": n_violated,
            "n_rows": n_rows,
            "share": n_violated / n_rows,
            "message": f"{n_violated} of {n_rows}",
            "is_past_limit": False,
            "n_people_at_least": min(11, n_rows),
            "n_people_in_smaller_part": min(11, n_violated) or None,
        }
        for number, (table, n_rows, n_violated) in enumerate(tables)
    )


def _cohorts(people: pl.DataFrame) -> pl.DataFrame:
    target = _all(people)
    n_rows, n_people = target["n_rows"], target["n_people"]
    rules = [
        ("inpatient_visit", "", 1, "visit", n_rows + 20, n_people + 14),
        ("inpatient_admission", "", 1, "visit", n_rows + 20, n_people + 14),
        ("inpatient_admission", "", 2, "observed", n_rows + 18, n_people + 14),
        ("inpatient_discharge", "inpatient_admission", 1, "stay", n_rows + 15, n_people + 14),
        ("inpatient_discharge", "inpatient_admission", 2, "alive", n_rows, n_people),
        ("type_2_diabetes", "", 1, "first record", n_people, n_people),
    ]
    return pl.DataFrame(
        rules,
        schema=["cohort_name", "built_from", "rule_number", "rule", "n_rows", "n_people"],
        orient="row",
    )


def _attrition(people: pl.DataFrame) -> pl.DataFrame:
    steps = [(True, people.filter(pl.col("last_step") >= step)) for step in (1, 2, 3)]
    steps.append((False, steps[-1][1].filter("is_short")))
    return pl.DataFrame(
        {
            "study": STUDY,
            "target_cohort": "inpatient_discharge",
            "outcome_cohort": "inpatient_admission",
            "step_number": number,
            "is_applied": is_applied,
            **_all(rows),
        }
        for number, (is_applied, rows) in enumerate(steps, start=1)
    )


def _profile(studied: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        _counted(studied, attribute).select(
            pl.lit(STUDY).alias("study"),
            pl.lit("inpatient_discharge").alias("target_cohort"),
            pl.lit("inpatient_admission").alias("outcome_cohort"),
            pl.lit(attribute).alias("attribute"),
            pl.col(attribute).alias("group_name"),
            *COUNTS,
            outcome_rate=pl.col("n_outcomes") / pl.col("n_rows"),
        )
        for attribute in ATTRIBUTES
    ).sort("attribute", "group_name")


def _paths(people: pl.DataFrame) -> pl.DataFrame:
    total = people["person_id"].n_unique()
    return (
        people.group_by(pathway="path")
        .agg(n_people=pl.col("person_id").n_unique().cast(pl.Int64))
        .with_columns(
            study=pl.lit("diabetes_treatment"),
            target_cohort=pl.lit("type_2_diabetes"),
            n_people_total=pl.lit(total, pl.Int64),
            share=pl.col("n_people") / total,
            counted_in=pl.lit(""),
        )
        .sort("pathway")
    )


def _importance(studied: pl.DataFrame) -> pl.DataFrame:
    n_people = studied["person_id"].n_unique()
    return pl.DataFrame(
        {
            "study": STUDY,
            "model_name": MODEL,
            "covariate_rank": rank,
            "mean_absolute_contribution": 1 / rank,
            "n_people": max(1, n_people // rank),
        }
        for rank in range(1, 9)
    )


def _judged(judged: pl.DataFrame, *, is_everyone: bool) -> dict[str, pl.DataFrame]:
    predictions = predictions_of(
        judged["person_id"].to_numpy(), judged["had_outcome"].to_numpy(), judged["risk"].to_numpy()
    )
    named = {"study": pl.lit(STUDY), "model_name": pl.lit(MODEL)}
    threshold = float(np.quantile(judged["risk"].to_numpy(), 0.9))
    chance = np.random.default_rng(1)
    counts = {name: pl.lit(count, pl.Int64) for name, count in _all(judged).items()}
    performance = pl.DataFrame({"metric": ["auroc", "outcome_rate"]}).with_columns(
        **named,
        value=pl.lit(judged["had_outcome"].mean()),
        value_lower=pl.lit(0.0),
        value_upper=pl.lit(1.0),
        validation=pl.lit("cross_validation" if is_everyone else "test_set"),
        **counts,
    )
    report = audit(
        predictions=predictions,
        groups=judged.select("sex", "race", "age_band"),
        threshold=threshold,
        replicates=2,
        generator=chance,
    )
    curve = decision_curve(
        predictions, replicates=2, generator=chance, thresholds=(0.05, 0.1, 0.2, 0.4, threshold)
    )
    return {
        "model_performance": performance,
        "calibration": calibration_curve(predictions).with_columns(**named),
        "decision_curve": curve.with_columns(**named, **counts),
        "fairness_audit": report.rows.with_columns(**named),
    }
