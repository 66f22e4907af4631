"""Whom do a cohort's rules leave of each group? Counted again, person by person.

The second way reads the events of each cohort and the CDM's people, and knows nothing of the SQL
that counts groups.
"""

import math
from collections import defaultdict
from statistics import NormalDist

import duckdb
import polars as pl
import pytest

from analytics.days import age_band
from tests.support.workspaces import SimulatedWorkspace

ATTRIBUTES = ("sex", "age_band", "race", "ethnicity")
Counts = dict[tuple[str, int, str, str], tuple[int, int]]


@pytest.fixture(scope="module")
def mart(simulated_workspace: SimulatedWorkspace) -> pl.DataFrame:
    """The attrition by group of 1,500 simulated people, with true counts."""
    with duckdb.connect(str(simulated_workspace.root / "warehouse.duckdb"), read_only=True) as at:
        return at.sql("from events.cohort_rule_group_comparison").pl()


@pytest.fixture(scope="module")
def plainly(simulated_workspace: SimulatedWorkspace) -> Counts:
    """Events and people of each cohort, rule, attribute and group."""
    people = pl.read_parquet(simulated_workspace.root / "landed" / "person.parquet")
    groups_of = {row["person_id"]: row for row in people.iter_rows(named=True)}
    with duckdb.connect(str(simulated_workspace.root / "warehouse.duckdb"), read_only=True) as at:
        rules = at.sql(
            "select cohort_name, count(*) from seeds.cohort_rules group by all"
        ).fetchall()
        events = {
            cohort: at.sql(
                "select person_id, start_date, n_rules_passed, is_best_event "
                f"from cohorts.criteria__{cohort}"
            ).fetchall()
            for cohort, _ in rules
        }
    counted: Counts = {}
    for cohort, n_rules in rules:
        of_people = defaultdict(list)
        for person_id, *event in events[cohort]:
            of_people[person_id].append(event)
        for rule in range(1, n_rules + 1):
            for person_id, own in of_people.items():
                person = groups_of[person_id]
                (best,) = [start for start, _, is_best in own if is_best]
                group_of = person | {"age_band": age_band(best.year - person["year_of_birth"])}
                remain = sum(n_passed >= rule - 1 for _, n_passed, _ in own)
                for attribute in ATTRIBUTES:
                    key = cohort, rule, attribute, group_of[attribute]
                    n_rows, n_people = counted.get(key, (0, 0))
                    counted[key] = n_rows + remain, n_people + (remain > 0)
    return counted


def test_each_rule_leaves_of_each_group_whom_a_plain_count_leaves(mart, plainly):
    told = {
        (row["cohort_name"], row["rule_number"], row["attribute"], row["group_name"]): (
            row["n_rows"],
            row["n_people"],
        )
        for row in mart.iter_rows(named=True)
    }
    somebody_before = {
        key: counts
        for key, counts in plainly.items()
        if plainly[key[0], max(1, key[1] - 1), *key[2:]][1] > 0
    }

    assert told == somebody_before
    assert len(told) > 200


def test_everybody_is_in_one_group_of_each_attribute(mart):
    together = mart.group_by("cohort_name", "rule_number", "attribute").agg(
        pl.sum("n_people"), pl.sum("n_people_before"), everyone=pl.col("n_people_everyone").unique()
    )

    assert together["everyone"].list.len().unique().to_list() == [1]
    assert together["n_people"].to_list() == together["everyone"].list.first().to_list()


def test_a_rule_is_flagged_if_the_difference_is_large_and_beyond_chance(mart):
    for row in mart.filter(pl.col("rule_number") > 1).iter_rows(named=True):
        before, everyone_before = row["n_people_before"], row["n_people_everyone_before"]
        removed, of_all = before - row["n_people"], everyone_before - row["n_people_everyone"]
        others = everyone_before - before
        judged = mart.filter(
            pl.col("cohort_name") == row["cohort_name"],
            ~pl.col("verdict").is_in(["first rule", "too few to judge"]),
        ).height
        if min(before, others) < 25:
            assert row["verdict"] == "too few to judge"
            continue
        difference = removed / before - (of_all - removed) / others
        share = of_all / everyone_before
        error = math.sqrt(share * (1 - share) * (1 / before + 1 / others))
        z = abs(difference) / error if error else 0.0
        is_beyond_chance = 2 * (1 - NormalDist().cdf(z)) <= 0.05 / judged
        is_far_beyond = math.exp(-z * z / 2) <= 0.05 / judged
        assert row["difference"] == pytest.approx(difference, abs=1e-12)
        if row["verdict"] == "within limit":
            assert abs(difference) < 0.1 or not is_far_beyond
        else:
            assert abs(difference) >= 0.1
            assert is_beyond_chance
            assert row["verdict"] == ("more" if difference > 0 else "less") + " than others"
