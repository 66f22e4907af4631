"""The reference answers of PatientLevelPrediction 6.6.0 and of pROC, PRROC and R's own glm."""

import json

import numpy as np
import polars as pl
import pytest

from analytics.evaluation import (
    auprc,
    auroc,
    brier,
    calibration_intercept,
    decision_curve,
    predictions_of,
    weak_calibration,
)
from tests.support.shared import shared_agreement

pytestmark = pytest.mark.needs_shared

CASES = (
    *("s01_n60_p50", "s02_n80_p10", "s04_n500_p5", "s05_n1000_over", "s06_n1000_under"),
    *("s08_n5000_p3", "s09_n5000_score", "s10_n300_01", "s12_n1200_types"),
    *("e01_counts", "e05_two", "e06_ties_order", "e08_high"),
)


def cases(name):
    folder = shared_agreement("patientlevelprediction") / "evaluation"
    answers = json.loads((folder / f"{name}.json").read_text())
    rows = pl.read_csv(folder / f"{name}.csv")
    for evaluation_type, answer in answers["byType"].items():
        here = rows.filter(pl.col("evaluationType") == evaluation_type)
        had_outcome = here["outcomeCount"].to_numpy() > 0
        predictions = predictions_of(np.arange(here.height), had_outcome, here["value"].to_numpy())
        yield predictions, answer["reference"], answer


@pytest.mark.parametrize("name", CASES)
def test_the_figures_are_those_of_the_reference(name):
    for predictions, reference, plp in cases(name):
        intercept, slope = weak_calibration(predictions)

        assert auroc(predictions) == pytest.approx(reference["auroc"]["auc"], abs=1e-9)
        assert auprc(predictions) == pytest.approx(reference["auprc"]["integral"], abs=1e-9)
        assert brier(predictions) == pytest.approx(reference["brier"]["brier"], abs=1e-9)
        assert intercept == pytest.approx(reference["calibration"]["weakIntercept"], abs=1e-6)
        assert slope == pytest.approx(reference["calibration"]["weakSlope"], abs=1e-6)
        if name != "e01_counts":  # there, PLP's own figures count an outcome several times
            assert brier(predictions) == pytest.approx(plp["brierPLP"]["brier"], abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_calibration_in_the_large_is_the_true_one_and_not_what_plp_prints(name):
    """PLP 6.4 to 6.6 writes `stats::offset`, which R's formula does not know as an offset."""
    for predictions, reference, plp in cases(name):
        found = calibration_intercept(predictions)

        assert found == pytest.approx(reference["calibration"]["citlOffset"], abs=1e-6)
        printed = plp["calibrationInLargeInterceptPLP"]
        assert printed == pytest.approx(weak_calibration(predictions)[0], abs=1e-6)


# In e01_counts, the reference counts an outcome several times.
@pytest.mark.parametrize("name", [name for name in CASES if name != "e01_counts"])
def test_net_benefit_is_that_of_the_reference(name):
    for predictions, reference, _ in cases(name):
        wanted = reference["netBenefit"]
        curve = decision_curve(
            predictions,
            replicates=2,
            generator=np.random.default_rng(1),
            thresholds=tuple(each["threshold"] for each in wanted),
        )

        assert curve["net_benefit"].to_list() == pytest.approx(
            [each["netBenefit"] for each in wanted], abs=1e-9
        )
        assert curve["net_benefit_treat_all"].to_list() == pytest.approx(
            [each["treatAll"] for each in wanted], abs=1e-9
        )
