"""A hundred real people: the study runs on them, and nothing small about them is shown."""

from itertools import combinations, pairwise

import polars as pl
import pytest

from tests.support.command_line import printed_rows
from tests.support.pages import PAGES, open_page, text_of

pytestmark = pytest.mark.needs_shared

SMALLEST_CELL = 11
# Not of people: steps of a path, rows of a table that break a rule of their own kind.
NOT_OF_PEOPLE = {"n_steps"}
NOBODYS = ("care_site", "cdm_source", "concept", "concept_ancestor", "location", "provider")


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_CELL


def counts(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name.startswith("n_") and name not in NOT_OF_PEOPLE]


@pytest.fixture(scope="module")
def marts(mimic_iv_demo):
    """Every published mart, without the checks of tables that are not about people."""
    marts = mimic_iv_demo.published_marts()
    about_nobody = pl.col("table_name").is_in(NOBODYS)
    checks = ("data_quality", "ohdsi_check")
    return marts | {name: marts[name].filter(~about_nobody) for name in checks}


def test_it_is_a_cdm_with_negative_ids_of_64_bits(mimic_iv_demo):
    assert mimic_iv_demo.recorded("select count(*), min(person_id) < -1e18 from person") == [
        (100, True)
    ]
    assert mimic_iv_demo.working("select count(*), min(person_id) < -1e18 from events.person") == [
        (100, True)
    ]


def test_270_acute_stays_become_a_study_of_people_alive_and_observed(mimic_iv_demo):
    assert mimic_iv_demo.recorded(
        "select count(*) from visit_occurrence where visit_concept_id = 9201"
    ) == [(270,)]
    ((n_rows, n_people, n_with_outcome),) = mimic_iv_demo.working(
        "select count(*), count(distinct person_id), "
        "count(distinct person_id) filter (had_outcome) from results.study_population"
    )

    assert (n_rows, n_people, n_with_outcome) == (187, 57, 26)


def test_no_published_count_is_below_11(marts):
    small = [
        (name, column, count)
        for name, frame in marts.items()
        for column in counts(frame)
        for count in frame[column].drop_nulls()
        if is_small(count)
    ]

    assert small == []
    assert sum(len(frame) for frame in marts.values()) > 300


def test_there_were_small_counts_to_withhold(mimic_iv_demo, marts):
    ((n_small,),) = mimic_iv_demo.working(
        "select count(*) from marts.population_profile where n_people between 1 and 10"
    )

    assert n_small >= 10
    withheld = marts["population_profile"].filter("is_suppressed")
    assert withheld.height >= n_small


def sums_up(attribute: str, column: str) -> bool:
    """A person may grow older between two stays, and is then counted in two age bands."""
    return column in ("n_rows", "n_outcomes") or attribute in ("sex", "race", "ethnicity")


def test_no_part_of_a_total_can_be_found_by_taking_away_the_parts_shown(marts):
    profile = marts["population_profile"]
    found = []
    for (attribute,), groups in profile.group_by("attribute"):
        (everyone,) = profile.filter(pl.col("attribute") == "overall").rows(named=True)
        for column in counts(profile):
            if not sums_up(attribute, column):
                continue
            shown = groups[column].drop_nulls()
            if everyone[column] is not None and len(shown) < groups.height:
                rest = everyone[column] - shown.sum()
                found += [(attribute, column, rest)] * is_small(rest)

    assert found == []


def test_no_difference_of_two_counts_of_one_row_is_small(marts):
    pairs = (
        ("n_people", "n_people_with_outcome"),
        ("n_people", "n_people_without_outcome"),
        ("n_people", "n_flagged_people"),
        ("n_rows", "n_outcomes"),
        ("n_rows", "n_flagged_rows"),
        ("n_flagged_rows", "n_flagged_outcomes"),
        ("n_people_total", "n_people"),
    )
    found = [
        (name, whole, part)
        for name, frame in marts.items()
        for whole, part in pairs
        if {whole, part} <= set(frame.columns)
        for difference in (frame[whole] - frame[part]).drop_nulls()
        if is_small(difference)
    ]

    assert found == []


def test_no_rule_and_no_threshold_tells_of_a_few_people_by_what_it_adds(marts):
    """Each rule keeps some of those before it; each threshold flags some of those below it."""
    nested = (
        ("study_attrition", ("study",), "step_number", pl.col("is_applied")),
        ("cohort_attrition", ("cohort_name",), "rule_number", pl.lit(True)),
        ("decision_curve", ("study", "model_name"), "threshold", pl.lit(True)),
    )
    found = []
    for name, within, order, which in nested:
        for key, rows in marts[name].filter(which).sort(order).group_by(*within):
            for column in counts(rows):
                shown = rows[column].drop_nulls().to_list()
                steps = [before - after for before, after in pairwise(shown)]
                found += [(name, key, column, step) for step in steps if is_small(step)]

    assert found == []


def test_the_bins_of_a_calibration_curve_do_not_give_each_other_away(marts):
    judged = marts["model_performance"].row(0, named=True)
    found = []
    for (model,), bins in marts["calibration"].group_by("model_name"):
        for column in ("n_rows", "n_outcomes"):
            shown = bins[column].drop_nulls()
            if judged[column] is not None and len(shown) < bins.height:
                rest = judged[column] - shown.sum()
                found += [(model, column, rest)] * is_small(rest)

    assert found == []


def test_no_metric_is_shown_of_a_group_with_fewer_than_11_people_with_or_without_the_outcome(
    mimic_iv_demo,
):
    true_counts = {
        row[:4]: row[4:]
        for row in mimic_iv_demo.working(
            "select model_name, attribute, group_name, metric, n_people_with_outcome, "
            "n_people_without_outcome from marts.fairness_audit"
        )
    }
    shown = mimic_iv_demo.published(
        "select model_name, attribute, group_name, metric from fairness_audit "
        "where value is not null or value_lower is not null or difference is not null"
    )
    too_few = [row for row in shown if min(true_counts[row]) < SMALLEST_CELL]

    assert too_few == []
    assert len(true_counts) > 50


def test_groups_other_than_white_have_no_metric_at_all(mimic_iv_demo):
    assert (
        mimic_iv_demo.published(
            "select distinct group_name from fairness_audit where attribute = 'race' "
            "and group_name not in ('White', 'Unknown') and value is not null"
        )
        == []
    )


def test_two_groups_of_one_attribute_do_not_give_the_third_away_in_the_audit(marts):
    audit = marts["fairness_audit"]
    found = []
    for (attribute, metric), groups in audit.group_by("attribute", "metric"):
        everyone = audit.filter((pl.col("attribute") == "overall") & (pl.col("metric") == metric))
        for column in counts(audit):
            if not sums_up(attribute, column):
                continue
            whole = everyone[column].to_list()
            shown = groups[column].drop_nulls()
            if whole and whole[0] is not None and len(shown) < groups.height:
                rest = whole[0] - shown.sum()
                found += [(attribute, metric, column, rest)] * is_small(rest)

    assert found == []


def test_nobody_can_count_the_few_by_taking_one_mart_from_another(marts):
    """A count of people of the study, less another of fewer of them, both shown somewhere."""
    of_study = {
        count
        for row in marts["study_attrition"].filter("is_applied")["n_people"].drop_nulls().to_list()
        for count in [row]
    }
    judged = set(marts["model_performance"]["n_people"].drop_nulls().to_list())
    found = [(a, b) for a, b in combinations(sorted(of_study | judged), 2) if is_small(b - a)]

    assert found == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_renders(mimic_iv_demo, page):
    assert text_of(open_page(mimic_iv_demo.published_folder, page))


def test_the_terminal_tells_no_more_than_the_pages(mimic_iv_demo):
    titles = (
        "Cohort inpatient_discharge: what each rule left",
        "Readmission within 30 days of discharge: what each rule left",
    )
    printed = [
        cell
        for title in titles
        for row in printed_rows(mimic_iv_demo.run.stdout, title)
        for cell in row[2:]
    ]

    assert len(printed) > 20
    assert [cell for cell in printed if cell.isdigit() and is_small(int(cell))] == []
    assert "withheld" in printed
