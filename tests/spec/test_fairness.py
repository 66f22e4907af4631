"""What the audit promises: it finds what is there, keeps quiet where nothing is, and says when
there are too few people to say."""

import numpy as np
import polars as pl
import pytest

from analytics.errors import RunFailedError
from analytics.evaluation import predictions_of, threshold_for_capacity
from analytics.fairness import METRICS, audit, group_people
from tests.support import plainly_evaluation as plainly
from tests.support.planted_risks import audited_people


def audit_of(people, *, replicates=200, seed=1, threshold=None, **options):
    predictions = people.predictions
    return audit(
        predictions=predictions,
        groups=people.groups,
        threshold=threshold or threshold_for_capacity(predictions.risk, 0.15),
        replicates=replicates,
        generator=np.random.default_rng(seed),
        **options,
    )


def audit_of_rows(had_outcome, risk, group, *, threshold=0.5, person_id=None, **options):
    """One attribute, `sex`, with the groups given."""
    return audit(
        predictions=predictions_of(
            range(len(risk)) if person_id is None else person_id, had_outcome, risk
        ),
        groups=pl.DataFrame({"sex": group}),
        threshold=threshold,
        replicates=60,
        generator=np.random.default_rng(1),
        **options,
    )


def row(report, group_name, metric, attribute=None):
    found = report.rows.filter((pl.col("group_name") == group_name) & (pl.col("metric") == metric))
    if attribute is not None:
        found = found.filter(pl.col("attribute") == attribute)
    assert found.height == 1
    return found.row(0, named=True)


def some_group(n_with, n_without, *, seed=1):
    """Outcomes and risks in which the outcome goes with a higher risk."""
    generator = np.random.default_rng(seed)
    had_outcome = [True] * n_with + [False] * n_without
    risk = generator.beta(2, 3, n_with + n_without) * np.where(had_outcome, 1.0, 0.7)
    return had_outcome, risk.tolist()


def test_every_metric_of_every_group_is_what_counting_by_hand_gives():
    people = audited_people(900)
    report = audit_of(people, replicates=10)
    had_outcome = people.predictions.had_outcome
    compared = 0

    for each in report.rows.iter_rows(named=True):
        if each["value"] is None:
            continue
        is_member = (
            np.ones(900, bool)
            if each["attribute"] == "overall"
            else (people.groups[each["attribute"]] == each["group_name"]).to_numpy()
        )
        by_hand = plainly.group_metrics(
            had_outcome[is_member].tolist(),
            people.predictions.risk[is_member].tolist(),
            report.threshold,
        )
        assert each["value"] == pytest.approx(by_hand[each["metric"]], abs=1e-12)
        compared += 1
    assert compared >= 5 * len(METRICS)


def test_the_whole_audit_has_a_row_for_each_group_and_metric_with_its_counts():
    people = audited_people(900)
    report = audit_of(people, replicates=10)

    key = report.rows.select("attribute", "group_name", "metric")
    assert key.is_unique().all()
    assert report.rows.height == len(METRICS) * (1 + 2 + 4)
    everyone = row(report, "Everyone", "auroc")
    assert everyone["n_rows"] == 900
    assert everyone["n_people"] == len(set(people.predictions.person_id.tolist()))
    by_sex = report.rows.filter((pl.col("attribute") == "sex") & (pl.col("metric") == "auroc"))
    assert by_sex["n_people"].sum() == everyone["n_people"]
    assert by_sex["n_outcomes"].sum() == everyone["n_outcomes"]
    assert by_sex["n_flagged_people"].sum() == everyone["n_flagged_people"]
    for metric, numerator, denominator in (
        ("selection_rate", "n_flagged_rows", "n_rows"),
        ("true_positive_rate", "n_flagged_outcomes", "n_outcomes"),
        ("positive_predictive_value", "n_flagged_outcomes", "n_flagged_rows"),
    ):
        for each in report.rows.filter(pl.col("metric") == metric).iter_rows(named=True):
            if each["value"] is not None:
                assert each["value"] == pytest.approx(each[numerator] / each[denominator])
    assert (
        report.rows["n_flagged_people_with_outcome"] <= report.rows["n_people_with_outcome"]
    ).all()
    assert (
        report.rows["n_people_with_outcome"] + report.rows["n_people_without_outcome"]
        == report.rows["n_people"]
    ).all()


def test_a_group_whose_illness_is_not_recorded_is_found():
    report = audit_of(audited_people(unseen_share=0.7))

    found = report.disparities()

    assert set(found["group_name"]) == {"Black or African American"}
    assert "true_positive_rate" in set(found["metric"])
    missed = row(report, "Black or African American", "true_positive_rate")
    assert missed["difference"] < -0.2
    assert missed["difference_upper"] < 0
    assert missed["reference_group"] == "White"
    # Their mean true risk is about 0.17 and the mean risk given to them about 0.13.
    assert row(report, "Black or African American", "observed_expected_ratio")["value"] > 1.15


def test_nothing_is_found_where_nothing_was_planted():
    """Twelve audits: false alarms in at most one in twenty means seldom more than one of them."""
    alarms = [
        audit_of(audited_people(2_000, seed=seed), replicates=100, seed=seed).disparities().height
        for seed in range(12)
    ]

    assert sum(alarm > 0 for alarm in alarms) <= 1


def test_a_large_difference_of_few_people_is_no_disparity():
    """Half of what should be found is missed, in 30 people: that may be luck."""
    had, risk = some_group(300, 600)
    few_had, few_risk = some_group(26, 40, seed=7)
    report = audit_of_rows(had + few_had, risk + few_risk, ["Female"] * 900 + ["Male"] * 66)

    judged = row(report, "Male", "auroc")
    assert judged["verdict"] == "within limit"
    assert judged["difference_lower"] < judged["difference"] < judged["difference_upper"]


def test_a_difference_that_is_certain_but_small_is_within_the_limit():
    """3,000 of 10,000 against 3,300 of 10,000 are flagged without need: real, and 0.03."""

    def flagged(n_flagged, n):
        return [0.9] * n_flagged + [0.1] * (n - n_flagged)

    had = ([True] * 2_000 + [False] * 10_000) * 2
    risk = flagged(1_000, 2_000) + flagged(3_000, 10_000)
    risk += flagged(1_000, 2_000) + flagged(3_300, 10_000)
    report = audit_of_rows(had, risk, ["Female"] * 12_000 + ["Male"] * 12_000)

    found = row(report, "Male", "false_positive_rate")
    assert found["reference_group"] == "Female"
    assert found["difference"] == pytest.approx(0.03)
    assert found["difference_lower"] > 0
    assert found["verdict"] == "within limit"


@pytest.mark.parametrize(
    ("n_with", "n_without", "verdict", "is_shown"),
    [
        (10, 60, "too few to show", False),
        (60, 10, "too few to show", False),
        (11, 60, "too few to judge", True),
        (24, 60, "too few to judge", True),
        (25, 60, "within limit", True),
    ],
)
def test_few_people_are_not_shown_or_not_judged(n_with, n_without, verdict, is_shown):
    had, risk = some_group(200, 400)
    few_had, few_risk = some_group(n_with, n_without)
    report = audit_of_rows(
        had + few_had,
        risk + few_risk,
        ["Female"] * 600 + ["Male"] * (n_with + n_without),
        threshold=0.9,
    )

    found = row(report, "Male", "false_positive_rate")
    assert found["verdict"] == verdict
    assert (found["value"] is not None) == is_shown
    assert (found["difference"] is not None) == is_shown
    assert found["n_people_with_outcome"] == n_with


def test_people_are_counted_and_not_rows():
    """Ten people with five rows each are ten people: too few to show."""
    had, risk = some_group(200, 400)
    person_id = [*range(600), *np.repeat(np.arange(10_000, 10_010), 5), *range(20_000, 20_050)]
    few_had, few_risk = some_group(50, 50)

    report = audit_of_rows(
        had + few_had, risk + few_risk, ["Female"] * 600 + ["Male"] * 100, person_id=person_id
    )

    assert row(report, "Male", "auroc")["n_outcomes"] == 50
    assert row(report, "Male", "auroc")["verdict"] == "too few to show"


def test_a_group_without_the_outcome_is_not_said_to_be_missed():
    """Fairlearn would answer a true positive rate of 0, the worst disparity of all."""
    had, risk = some_group(200, 400)
    _, others = some_group(0, 200)

    report = audit_of_rows(had + [False] * 200, risk + others, ["Female"] * 600 + ["Male"] * 200)

    for metric in METRICS:
        assert row(report, "Male", metric)["value"] is None
        assert row(report, "Male", metric)["verdict"] == "too few to show"
    assert report.n_comparisons == 0


def test_nobody_flagged_has_no_predictive_value_but_a_rate_of_zero():
    had, risk = some_group(100, 100)
    report = audit_of_rows(had, risk, ["Female"] * 200, threshold=0.999)

    assert row(report, "Female", "positive_predictive_value")["value"] is None
    selected = row(report, "Female", "selection_rate")
    assert selected["value"] == 0.0
    # Wilson: nobody of 200 is between 0 and 1.9 in 100, not between 0 and 0.
    assert selected["value_upper"] == pytest.approx(0.0188, abs=1e-4)


def test_unknown_race_is_a_group_like_any_other():
    people = group_people(
        pl.DataFrame({"sex": ["Female"] * 4, "race": ["White", None, "", " "], "age": [50] * 4}),
        ("race",),
    )

    assert people["race"].to_list() == ["White", "Unknown", "Unknown", "Unknown"]
    report = audit_of(audited_people(4_000))
    assert row(report, "Unknown", "auroc")["n_people"] > 50


def test_the_largest_group_is_the_reference_unless_the_study_names_one():
    people = audited_people(2_000)

    largest = audit_of(people, replicates=20)
    named = audit_of(people, replicates=20, reference_groups={"race": "Asian"})
    absent = audit_of(people, replicates=20, reference_groups={"race": "More than one race"})

    def reference(report):
        return set(report.rows.filter(pl.col("attribute") == "race")["reference_group"])

    assert reference(largest) == {"White"}
    assert reference(named) == {"Asian"}
    assert reference(absent) == {"White"}
    assert row(largest, "White", "auroc")["verdict"] == "reference"
    assert row(largest, "White", "auroc")["difference"] is None


def test_unknown_is_the_reference_only_where_there_is_no_other():
    had, risk = some_group(100, 200)
    more_had, more_risk = some_group(30, 60)

    report = audit_of_rows(had + more_had, risk + more_risk, ["Unknown"] * 300 + ["Male"] * 90)
    alone = audit_of_rows(had, risk, ["Unknown"] * 300)

    assert row(report, "Unknown", "auroc")["reference_group"] == "Male"
    assert row(alone, "Unknown", "auroc")["reference_group"] == "Unknown"


def test_a_difference_is_the_group_less_the_reference_with_its_interval_around_it():
    report = audit_of(audited_people())

    for each in report.rows.filter(pl.col("difference").is_not_null()).iter_rows(named=True):
        reference = row(report, each["reference_group"], each["metric"], each["attribute"])
        assert each["difference"] == pytest.approx(each["value"] - reference["value"])
        assert each["difference_lower"] <= each["difference"] <= each["difference_upper"]


def test_the_thresholds_of_metrics_that_have_none_are_empty():
    report = audit_of(audited_people(900), replicates=10)

    assert row(report, "Everyone", "auroc")["threshold"] is None
    assert row(report, "Everyone", "true_positive_rate")["threshold"] == report.threshold
    assert row(report, "Everyone", "net_benefit")["threshold"] == report.threshold


def test_the_interval_of_a_group_is_that_of_evaluation():
    """The audit's quick bootstrap against the plain one of `evaluation`, the same people drawn."""
    from analytics.evaluation import auroc, estimate

    people = audited_people(1_500)
    report = audit_of(people, replicates=150, seed=4)
    plain = estimate(
        people.predictions, {"auroc": auroc}, replicates=150, generator=np.random.default_rng(4)
    )["auroc"]

    everyone = row(report, "Everyone", "auroc")
    assert everyone["value_lower"] == pytest.approx(plain.lower, abs=1e-12)
    assert everyone["value_upper"] == pytest.approx(plain.upper, abs=1e-12)


def test_groups_of_other_rows_are_refused():
    people = audited_people(900)
    with pytest.raises(RunFailedError, match="groups for 899 rows"):
        audit(
            predictions=people.predictions,
            groups=people.groups.head(899),
            threshold=0.2,
            replicates=10,
            generator=np.random.default_rng(1),
        )


def test_an_attribute_that_is_not_recorded_is_named():
    with pytest.raises(RunFailedError, match="no column 'race'"):
        group_people(pl.DataFrame({"sex": ["Female"], "age": [40]}), ("race",))
