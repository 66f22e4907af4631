"""What an alarm is: a disparity that neither chance nor who is at risk explains."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.evaluation import predictions_of
from analytics.fairness import AuditReport, audit

N = 6_000
ERROR_RATES = {"true_positive_rate", "false_positive_rate"}


@dataclass(frozen=True, kw_only=True)
class Half:
    """One half of the people: their true risk, and the risk that they are given."""

    true: NDArray[np.float64]
    given: NDArray[np.float64]


def some_people(level: float, *, spread: float = 1.2, seed: int = 1) -> Half:
    """Risks around a level on the log-odds scale, each of them right."""
    log_odds = level + spread * np.random.default_rng(seed).normal(size=N)
    risk = 1 / (1 + np.exp(-log_odds))
    return Half(true=risk, given=risk)


def of_whom_less_is_known(half: Half, share_known: float = 0.3) -> Half:
    """The same people; of a share the risk is known, and of the others only their mean."""
    is_known = np.random.default_rng(9).random(N) < share_known
    return Half(true=half.true, given=np.where(is_known, half.true, half.true[~is_known].mean()))


def audit_of(reference: Half, other: Half, **options: object) -> AuditReport:
    generator = np.random.default_rng(5)
    true = np.concatenate([reference.true, other.true])
    return audit(
        predictions=predictions_of(
            np.arange(2 * N),
            generator.random(2 * N) < true,
            np.concatenate([reference.given, other.given]),
        ),
        groups=pl.DataFrame({"race": ["Reference"] * N + ["Other"] * N}),
        threshold=0.3,
        replicates=200,
        generator=np.random.default_rng(1),
        reference_groups={"race": "Reference"},
        **options,
    )


def verdicts(report: AuditReport) -> dict[str, str]:
    of_other = report.rows.filter(pl.col("group_name") == "Other")
    judged = of_other.filter(pl.col("verdict") != "not judged")
    return dict(judged.select("metric", "verdict").iter_rows())


def test_more_people_at_high_risk_is_no_alarm_though_more_are_found_and_flagged():
    for seen in ((), ("race",)):
        found = verdicts(audit_of(some_people(-2.5), some_people(-1.0, seed=2), seen_by_model=seen))

        assert {found[metric] for metric in ERROR_RATES} == {"differs as risks do"}
        assert found["observed_expected_ratio"] == "within limit"
        assert found["auroc"] == "within limit"


def test_risks_that_are_too_low_for_one_group_are_an_alarm_however_often_it_has_the_outcome():
    for level in (-1.5, -1.0, -2.0):
        right = some_people(level, seed=2)
        too_low = Half(true=right.true, given=0.55 * right.true)

        for seen in ((), ("race",)):
            found = verdicts(audit_of(some_people(-1.5), too_low, seen_by_model=seen))

            assert found["observed_expected_ratio"] == "disparity"
            assert found["true_positive_rate"] == "disparity"


def test_a_group_of_which_less_is_known_is_an_alarm_unless_the_model_sees_the_group():
    """Its outcome rate is that of the reference group: nothing but the records can differ."""
    reference, other = some_people(-1.5), of_whom_less_is_known(some_people(-1.5, seed=2))

    unseen = verdicts(audit_of(reference, other))
    seen = verdicts(audit_of(reference, other, seen_by_model=("race",)))

    assert unseen["observed_expected_ratio"] == seen["observed_expected_ratio"] == "within limit"
    assert unseen["true_positive_rate"] == unseen["auroc"] == "disparity"
    assert seen["true_positive_rate"] == seen["auroc"] == "differs as risks do"


def test_the_report_says_how_many_comparisons_show_a_disparity_and_what_was_allowed_for():
    alike = audit_of(some_people(-1.5), some_people(-1.5, seed=2))
    older = audit_of(some_people(-2.5), some_people(-1.0, seed=2))

    allowance = "comparisons show a disparity after allowance for the number of groups and measures"
    assert alike.in_words() == f"0 of 4 {allowance}"
    assert older.in_words() == f"0 of 4 {allowance}; 2 differ as risks do"
    assert alike.n_comparisons == 4
