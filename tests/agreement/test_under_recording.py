"""A group whose conditions are written down less often: who sees it, and who cannot.

The profile `label_bias` on 100,000 people. A readmission is a visit: its audit shows the group. A
diagnosis of diabetes goes the same way as the conditions that are lost: its audit is misled, says
that it cannot see, and only `truth/` shows it. About five minutes on two quiet cores.
"""

import numpy as np
import polars as pl
import pytest

from analytics.evaluation import predictions_of
from analytics.fairness import AuditReport, audit
from analytics.studies import blind_spot
from tests.support.studies_on_simulated import Answered, OnSimulated, answer, build_simulated

pytestmark = pytest.mark.agreement

GROUP, REFERENCE = "Black or African American", "White"
PERSONS = 100_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> OnSimulated:
    """People of whom one group's conditions are recorded less often."""
    folder = tmp_path_factory.mktemp("label_bias")
    return build_simulated(folder, persons=PERSONS, seed=31, profile="label_bias")


@pytest.fixture(scope="module")
def readmission(built: OnSimulated) -> Answered:
    """Everybody judged by a model that never saw them: a quarter of them would leave luck."""
    return answer("readmission_30d", built, validation="cross_validation")


@pytest.fixture(scope="module")
def diabetes(built: OnSimulated) -> Answered:
    """The shipped study."""
    return answer("diabetes_onset_1y", built)


def audit_by_truth(built: OnSimulated, answered: Answered) -> AuditReport:
    """The same audit of the same risks, if every outcome had been written down."""
    name = answered.study.name
    truth = built.truth(name).drop_nulls("true_risk")
    rows = answered.risks.join(truth, on=["person_id", "index_date"])
    return audit(
        predictions=predictions_of(
            rows["person_id"].to_numpy(),
            rows["event_date"].is_not_null().to_numpy(),
            rows["risk"].to_numpy(),
        ),
        groups=rows.select(pl.col("race").fill_null("Unknown")),
        threshold=answered.audit["threshold"].drop_nulls()[0],
        replicates=200,
        generator=np.random.default_rng(1),
        reference_groups={"race": REFERENCE},
    )


def row(audited: pl.DataFrame, metric: str) -> dict[str, float]:
    of_group = audited.filter((pl.col("group_name") == GROUP) & (pl.col("metric") == metric))
    return of_group.row(0, named=True)


def in_words(audited: pl.DataFrame) -> str:
    ratio, found = row(audited, "observed_expected_ratio"), row(audited, "true_positive_rate")
    return (
        f"observed to expected {ratio['value']:.2f} "
        f"({ratio['value_lower']:.2f} to {ratio['value_upper']:.2f}), true positive rate "
        f"{found['value']:.3f}, difference {found['difference']:+.3f} "
        f"({found['difference_lower']:+.3f} to {found['difference_upper']:+.3f})"
    )


def test_a_visit_shows_the_group_whose_conditions_are_not_written_down(readmission: Answered):
    """And it is the only alarm among all groups and measures."""
    said = in_words(readmission.audit)
    print(f"readmission_30d, as audited: {said}")

    assert row(readmission.audit, "observed_expected_ratio")["value_lower"] > 1, said
    assert row(readmission.audit, "true_positive_rate")["difference_upper"] < 0, said
    assert row(readmission.audit, "true_positive_rate")["reference_group"] == REFERENCE
    alarms = readmission.audit.filter(pl.col("verdict") == "disparity")
    assert set(alarms["group_name"]) == {GROUP}, readmission.alarms()


def test_what_a_visit_shows_is_true(built: OnSimulated, readmission: Answered):
    said = in_words(audit_by_truth(built, readmission).rows)
    print(f"readmission_30d, by the truth: {said}")

    by_truth = row(audit_by_truth(built, readmission).rows, "observed_expected_ratio")
    assert by_truth["value_lower"] > 1, said
    assert by_truth["value"] == pytest.approx(
        row(readmission.audit, "observed_expected_ratio")["value"], rel=0.05
    )


def test_a_diagnosis_misleads_the_audit_and_only_the_truth_shows_how(
    built: OnSimulated, diabetes: Answered
):
    """By the truth more of the group fall ill than expected; as recorded, fewer than expected.

    Most of what foretells diabetes (age, HbA1c, weight) is recorded for everybody, so the outcome
    loses more than the risks do: the audit is not silent, it is misled. It says of risks that are
    too low that they are too high. From its own numbers nobody can tell, and its words say so.
    """
    audited, by_truth = diabetes.audit, audit_by_truth(built, diabetes).rows
    said = f"as audited: {in_words(audited)}; by the truth: {in_words(by_truth)}"
    print(f"diabetes_onset_1y, {said}")

    assert row(audited, "observed_expected_ratio")["value_upper"] < 1, said
    assert row(by_truth, "observed_expected_ratio")["value_lower"] > 1, said
    assert row(by_truth, "true_positive_rate")["difference_upper"] < 0, said


def test_the_audit_of_a_diagnosis_says_that_it_cannot_see(diabetes: Answered):
    blind = blind_spot(diabetes.study.outcome_seen_as)

    assert blind.hides_under_recording
    assert "this audit cannot see it" in blind.words
    assert "this audit cannot tell the one from the other" in blind.words
    assert blind.words in diabetes.notes[0]
