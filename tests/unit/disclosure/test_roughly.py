"""Counts that nobody sees exactly: rounded where that tells nothing small, else not told."""

import polars as pl
import pytest

from analytics.disclosure import (
    AddsUp,
    DisclosureRule,
    Judged,
    Pair,
    Roughly,
    SameAs,
    Steps,
    suppress,
)
from tests.support.tables import table

GROUPS = DisclosureRule(
    level="aggregate",
    counts=("n_people",),
    key=("cohort", "rule_number", "group_name"),
    sequence=Steps(order="rule_number"),
    adds_up=(
        AddsUp(
            over="group_name",
            within=("cohort", "rule_number"),
            total_counts={"n_people": "people of {cohort} after {rule_number}"},
        ),
    ),
    same_as=(SameAs(count="n_people", quantity="people of {cohort}: {group_name}", at="last"),),
    roughly=Roughly(
        count="n_people",
        multiple=5,
        block=("cohort",),
        step="rule_number",
        over="group_name",
        judged=Judged(column="verdict", fewest=25, too_few="too few", instead="not told"),
    ),
)
RULES = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people",),
    key=("cohort", "rule_number"),
    sequence=Steps(order="rule_number"),
    same_as=(SameAs(count="n_people", quantity="people of {cohort} after {rule_number}"),),
)
STUDIED = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people",),
    key=("cohort", "group_name"),
    pairs=(Pair(total="people of {cohort}: {group_name}", part="n_people"),),
)


def told(women: tuple[int, int], men: tuple[int, int], studied: tuple[int, int]) -> pl.DataFrame:
    """The groups as told: after each of two rules women and men, and how many a study has."""
    verdict = "within" if min(women[0], men[0]) >= 25 else "too few"
    groups = table(f"""
        cohort | rule_number | group_name | n_people   | verdict
        a      |           1 | Women      | {women[0]} | first rule
        a      |           1 | Men        | {men[0]}   | first rule
        a      |           2 | Women      | {women[1]} | {verdict}
        a      |           2 | Men        | {men[1]}   | {verdict}
    """)
    rules = table(f"""
        cohort | rule_number | n_people
        a      |           1 | {women[0] + men[0]}
        a      |           2 | {women[1] + men[1]}
    """)
    of_study = table(f"""
        cohort | group_name | n_people
        a      | Women      | {studied[0]}
        a      | Men        | {studied[1]}
    """)
    frames = {"groups": groups, "rules": rules, "studied": of_study}
    shown = suppress(frames, {"groups": GROUPS, "rules": RULES, "studied": STUDIED})
    without = {name: frame for name, frame in frames.items() if name != "groups"}
    alone = suppress(without, {"rules": RULES, "studied": STUDIED})
    for name in without:
        assert shown[name].equals(alone[name]), "what is shown of others does not depend on them"
    return shown["groups"].sort("rule_number", "group_name", descending=[False, True])


def test_large_groups_are_told_to_the_nearest_five_times_the_smallest_cell():
    shown = told(women=(400, 300), men=(500, 350), studied=(200, 250))

    assert shown["n_people"].to_list() == [385, 495, 275, 330]
    assert shown["verdict"].to_list() == ["first rule"] * 2 + ["within"] * 2
    assert not shown["is_suppressed"].any()


def test_a_rounded_count_that_would_tell_how_few_a_study_leaves_is_not_told_but_its_words_are():
    """About 330 are at most 357; the study has 350 of these women: at most 7 would be left."""
    shown = told(women=(400, 357), men=(500, 350), studied=(350, 250))

    assert shown["n_people"].to_list() == [None] * 4
    assert shown["verdict"].to_list() == ["first rule"] * 2 + ["within"] * 2
    assert shown["is_suppressed"].all()


def test_words_that_would_tell_how_few_a_study_leaves_are_not_told():
    """Too few to judge are at most 24 women; the study has 21 of them: at most 3 would be left."""
    shown = told(women=(22, 22), men=(200, 170), studied=(21, 100))

    assert shown["n_people"].to_list() == [None] * 4
    assert set(shown["verdict"]) == {"not told"}


def test_too_few_among_few_is_no_news():
    """Of 45 people either women or men must be fewer than 25."""
    shown = told(women=(22, 22), men=(23, 23), studied=(12, 12))

    assert shown["verdict"].to_list() == ["first rule"] * 2 + ["too few"] * 2


@pytest.mark.parametrize("women", [1, 5, 10])
def test_few_are_told_only_as_part_of_a_span_that_reaches_beyond_the_smallest_cell(women):
    shown = told(women=(women, women), men=(400, 300), studied=(0, 200))

    assert shown["n_people"].to_list()[:2] == [0, 385]
