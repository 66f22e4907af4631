"""Reads what is published of a study: its population, its models and their fairness."""

import polars as pl

from dashboards.choosing import main_model, of_model
from dashboards.data.published import of_study, something, whole


def study_attrition(study: str) -> pl.DataFrame:
    """One row for each rule of the study, in the order it was applied."""
    return of_study("study_attrition", study).sort("step_number")


def population_profile(study: str) -> pl.DataFrame:
    """One row for each attribute and group of the study's population."""
    return of_study("population_profile", study)


def cohort_characteristic(study: str) -> pl.DataFrame:
    """One row for each characteristic and group of the study's population, in their order."""
    return of_study("cohort_characteristic", study).sort(
        "characteristic_number", "attribute", "group_name"
    )


def model_performance(study: str) -> pl.DataFrame:
    """One row for each model and metric of the study."""
    return of_study("model_performance", study)


def calibration(study: str) -> pl.DataFrame:
    """One row for each model and bin of predicted risk."""
    return of_study("calibration", study).sort("model_name", "bin_number")


def decision_curve(study: str) -> pl.DataFrame:
    """One row for each model and threshold."""
    return of_study("decision_curve", study).sort("model_name", "threshold")


def covariate_importance(study: str) -> pl.DataFrame:
    """One row for each model and rank of a covariate."""
    return of_study("covariate_importance", study).sort("model_name", "covariate_rank")


def fairness_audit(study: str) -> pl.DataFrame:
    """One row for each model, attribute, group and metric of the study."""
    return of_study("fairness_audit", study)


def people_with_outcome_evaluated(study: str) -> int | None:
    """People with the outcome whom the main model was evaluated on; None where that is withheld."""
    performance = something(
        whole("model_performance").filter(pl.col("study") == study), "No model was evaluated."
    )
    counts = of_model(performance, main_model(performance))["n_people_with_outcome"].drop_nulls()
    return int(counts[0]) if counts.len() else None
