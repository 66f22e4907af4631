"""How near the product comes to the truth: three AUROCs of each shipped study, on 100,000 people.

That of the true risk; the best that records allow (`tests/support/reachable.py`: true risks
projected on everything recorded, learned from other people); and ours. About four minutes on two
quiet cores, most of it building and learning.
"""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from analytics.simulator import simulate
from tests.support.reachable import learn_reachable
from tests.support.studies_on_simulated import STUDIES, OnSimulated, answer, build_simulated

pytestmark = pytest.mark.agreement

PERSONS, OTHERS = 100_000, 60_000
# Sampling alone moves a difference of AUROCs on one set of people by less than this.
LUCK = 0.005


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> OnSimulated:
    """The people of the study."""
    return build_simulated(tmp_path_factory.mktemp("ours"), persons=PERSONS, seed=21)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CDM of other people, who are only learned from."""
    out = tmp_path_factory.mktemp("others") / "people"
    simulate(persons=OTHERS, seed=22, out=out, first_person_id=1 + PERSONS)
    return out


@pytest.mark.parametrize("study", STUDIES)
def test_ours_comes_within_3_hundredths_of_the_best_that_records_allow(
    built: OnSimulated, others: Path, study: str, record_property: Callable[[str, object], None]
):
    learned_from = pl.read_parquet(others / "truth" / f"{study}.parquet")
    if "is_study_member" in learned_from.columns:
        learned_from = learned_from.filter("is_study_member")
    ours = answer(study, built, is_evaluated=True)
    truth = built.truth(study).select("person_id", "index_date", "true_risk")
    # A few have the disease, but no record of it by the index date: no risk is theirs any more.
    rows = ours.risks.join(truth, on=["person_id", "index_date"]).drop_nulls("true_risk")
    assert rows.height > 0.99 * ours.risks.height

    best = learn_reachable(others, learned_from).risk(built.cdm, rows)
    had = rows["had_outcome"].to_numpy()
    auroc = {
        "true risk": roc_auc_score(had, rows["true_risk"].to_numpy()),
        "best from records": roc_auc_score(had, best),
        "ours": roc_auc_score(had, rows["risk"].to_numpy()),
    }
    slope = ours.performed("calibration_slope")
    said = ", ".join(f"{name} {value:.3f}" for name, value in auroc.items())
    said = f"{study}: AUROC of the {said}; calibration slope {slope.in_words()}"
    record_property("found", said)
    print(said)

    assert 0.70 <= auroc["true risk"] <= 0.85, said
    assert auroc["best from records"] <= auroc["true risk"] + LUCK, said
    assert auroc["ours"] >= auroc["best from records"] - 0.03, said
    assert slope.lower <= 1 <= slope.upper, said
