"""Numbers, names and sentences as the pages say them."""

import sys

import polars as pl
import pytest

from analytics.days import AGE_BANDS, age_band
from dashboards import amounts, answers, data, glossary, metrics, treatment_answers, words
from dashboards.choosing import RiskFilters, group_verdicts
from tests.support.published import publish_sample
from tests.support.published_marts import sample_marts
from tests.support.tables import table


def test_a_suppressed_count_is_never_zero():
    assert amounts.count(None) == "withheld"
    assert amounts.count(0) == "0"
    assert amounts.people(None) == "a number of people that is withheld"
    assert amounts.people(1) == "1 person"
    assert amounts.people(2630) == "2,630 people"


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        ("auroc", 0.7312, "0.73"),
        ("brier", 0.12345, "0.123"),
        ("outcome_rate", 0.1734, "17.3\N{NO-BREAK SPACE}%"),
        ("calibration_intercept", -0.061, "−0.06"),
        ("auroc", None, "–"),
    ],
)
def test_a_metric_is_rounded_in_its_own_way(metric, value, said):
    assert metrics.value(value, metric) == said


def test_a_value_stands_with_its_interval_where_it_has_one():
    row = {"metric": "auroc", "value": 0.7, "value_lower": 0.61, "value_upper": 0.8}

    assert metrics.value_with_interval(row) == "0.70 (0.61 to 0.80)"
    assert metrics.value_with_interval({**row, "value_lower": None}) == "0.70"
    assert metrics.value_with_interval({**row, "value": None}) == "–"


def test_a_difference_of_shares_is_in_points_and_a_reference_has_none():
    row = {
        "metric": "true_positive_rate",
        "verdict": "disparity",
        "difference": -0.118,
        "difference_lower": -0.164,
        "difference_upper": 0.002,
    }

    assert metrics.difference(row) == "−11.8 (−16.4 to +0.2) points"
    assert metrics.difference({**row, "metric": "auroc"}) == "−0.12 (−0.16 to 0.00)"
    assert metrics.difference({**row, "verdict": "reference"}) == "–"
    assert metrics.difference({**row, "difference": None}) == "–"


def test_age_bands_are_ordered_by_age_and_unknown_comes_last():
    bands = [age_band(first) for first, _ in AGE_BANDS]

    assert words.ordered_groups("age_band", reversed(bands)) == bands
    assert words.ordered_groups("race", ["Unknown", "White", "Asian", "a new one"]) == [
        "Asian",
        "White",
        "a new one",
        "Unknown",
    ]


def test_a_path_is_read_aloud():
    assert words.path("metformin-dpp4_inhibitor+insulin") == "metformin → dpp4 inhibitor + insulin"
    assert words.path("None") == "no treatment recorded"


def test_definitions_come_from_the_glossary_by_any_of_a_headings_names(tmp_path, monkeypatch):
    (tmp_path / "data_contracts").mkdir()
    (tmp_path / "data_contracts" / "glossary.md").write_text(
        "# Glossary\n\nIntro.\n\n## target, outcome\n\nFirst\nline.\n\nSecond paragraph.\n\n"
        "## `Era`\nA span.\n\n## empty\n"
    )
    monkeypatch.setattr(glossary, "house_root", lambda: tmp_path)

    assert glossary.definition("Outcome") == "First line."
    assert glossary.definition("era") == "A span."
    assert glossary.definition("empty") is None
    assert glossary.definition("absent") is None


def test_every_metric_the_pages_name_is_explained_in_the_glossary():
    assert [name for name, metric in metrics.METRICS.items() if not metric.reading] == []


def test_a_study_from_elsewhere_goes_by_its_name():
    own = words.study_words("falls_in_winter")

    assert own.title == "Falls in winter"
    assert own.outcome == "the outcome"
    assert words.study_words("readmission_30d").outcome == "another hospital stay within 30 days"


def test_the_evaluation_says_how_many_people_it_rests_on():
    assert answers.rests_on(11) == "The evaluation rests on 11 people with the outcome."
    assert "too few people with the outcome to say how many" in answers.rests_on(None)


def test_a_disparity_in_one_metric_is_the_groups_verdict():
    audit = table("""
        attribute | group_name | metric | verdict
        ----------+------------+--------+----------------
        sex       | Male       | auroc  | within limit
        sex       | Male       | brier  | disparity
        sex       | Female     | auroc  | reference
        sex       | Unknown    | auroc  | too few to show
        race      | Asian      | auroc  | too few to judge
        race      | Asian      | brier  | within limit
        overall   | Everyone   | auroc  | within limit
    """)

    assert group_verdicts(audit) == {
        ("sex", "Male"): "disparity",
        ("sex", "Female"): "reference",
        ("sex", "Unknown"): "too few to show",
        ("race", "Asian"): "within limit",
    }


def test_too_few_to_judge_is_never_called_fair():
    audit = table("""
        attribute | group_name | metric | verdict
        ----------+------------+--------+----------------
        sex       | Female     | auroc  | reference
        sex       | Male       | auroc  | too few to judge
    """)

    assert "None of the 1 groups" in answers.fairness(audit)
    assert "not the same as being fair" in answers.fairness(audit)


def test_answers_hold_where_counts_are_withheld():
    marts = sample_marts()
    attrition = marts["study_attrition"].with_columns(n_people_with_outcome=None, n_rows=None)
    paths = marts["treatment_pathway"].with_columns(n_people=None, share=None)

    assert "that is withheld had the outcome" in answers.population(attrition, "readmission_30d")
    assert "no treatment path is common enough to show" in treatment_answers.paths(paths)


def test_a_row_with_one_withheld_count_still_shows_the_others(tmp_path, monkeypatch):
    partly = sample_marts()["study_attrition"].with_columns(
        n_people_with_outcome=pl.lit(None, dtype=pl.Int64), is_suppressed=pl.lit(True)
    )
    published = publish_sample(tmp_path / "published", change={"study_attrition": partly})
    monkeypatch.setattr(sys, "argv", ["app.py", "--published", str(published)])

    assert data.study_attrition("readmission_30d")["n_people"].to_list()[0] == 1520


def test_filters_are_logged_in_words():
    chosen = RiskFilters(capacity=40, sexes=("Female",), age_bands=("65-79", "80+"))

    assert answers.filters(chosen) == "the first 40 by risk; sex Female; age 65-79 and 80+"
