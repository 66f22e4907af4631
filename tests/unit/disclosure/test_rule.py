"""A rule that names what is not there is refused when it is made."""

import pytest

from analytics.disclosure import Compared, Derived, DisclosureRule, Pair, SaidInstead
from analytics.errors import BadInputError


def test_an_unknown_level_is_refused_with_its_near_miss():
    with pytest.raises(BadInputError, match=r"'agregate' does not exist. Did you mean 'aggregate'"):
        DisclosureRule(level="agregate")


def test_the_people_column_must_be_a_count():
    with pytest.raises(BadInputError, match="people column 'n_people' is not among the counts"):
        DisclosureRule(level="aggregate", people="n_people", counts=("n_rows",))


def test_what_is_used_as_a_count_must_be_a_count():
    with pytest.raises(BadInputError, match=r"names 'n_outcome' .* Did you mean 'n_outcomes'"):
        DisclosureRule(
            level="aggregate",
            people="n_people",
            counts=("n_people", "n_outcomes"),
            pairs=(Pair(total="n_people", part="n_outcome"),),
        )


def test_the_people_behind_a_count_are_known_by_its_name_or_said():
    counts = ("n_rows", "n_people", "n_outcomes", "n_people_with_outcome", "n_stays")
    rule = DisclosureRule(
        level="aggregate", people="n_people", counts=counts, people_behind={"n_stays": "n_people"}
    )
    assert [rule.behind(count) for count in counts] == [
        "n_people",
        None,
        "n_people_with_outcome",
        None,
        "n_people",
    ]


def test_a_rule_knows_which_columns_it_needs():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people",),
        key=("metric", "group_name"),
        derives=(Derived(columns=("value",), counts=("n_people",)),),
        compares=(
            Compared(columns=("difference",), of="value", group="group_name", reference="against"),
        ),
        says_instead=(SaidInstead(column="verdict", of="value", words="withheld"),),
    )
    assert rule.columns_needed == {
        *("n_people", "metric", "group_name", "value", "difference", "against", "verdict")
    }
