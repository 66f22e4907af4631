"""What is withheld from one mart, and from marts that share counts."""

import polars as pl
import pytest

from analytics.disclosure import (
    AddsUp,
    DisclosureRule,
    Pair,
    Rate,
    SameAs,
    Steps,
    suppress,
)
from analytics.errors import RunFailedError
from tests.support.tables import table

BY_GROUP = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people",),
    key=("attribute", "group_name"),
    adds_up=(AddsUp(over="group_name", total={"attribute": "overall", "group_name": "Everyone"}),),
)


def shown(picture: str, rule: DisclosureRule, *columns: str, smallest: int = 11) -> list:
    """What a single mart still shows in the named columns."""
    found = suppress({"mart": table(picture)}, {"mart": rule}, smallest)["mart"]
    rows = found.select(*columns).rows()
    return rows if len(columns) > 1 else [row[0] for row in rows]


def test_counts_of_1_to_10_are_withheld_and_0_and_11_are_shown():
    picture = """
        attribute | group_name | n_people
        ----------+------------+---------
             race | Asian      |        0
             race | Black      |        1
             race | White      |       10
             race | Unknown    |       11
    """
    assert shown(picture, BY_GROUP, "n_people", "is_suppressed") == [
        (0, False),
        (None, True),
        (None, True),
        (11, False),
    ]


def test_a_site_may_choose_another_smallest_cell():
    picture = """
        attribute | group_name | n_people
        ----------+------------+---------
             race | Asian      |        4
             race | Black      |        5
    """
    assert shown(picture, BY_GROUP, "n_people", smallest=5) == [None, 5]
    assert shown(picture, BY_GROUP, "n_people", smallest=1) == [4, 5]


def test_one_small_group_takes_the_next_smallest_with_it_when_a_total_is_shown():
    picture = """
        attribute | group_name | n_people
        ----------+------------+---------
          overall | Everyone   |      100
              sex | Female     |       60
              sex | Male       |       37
              sex | Unknown    |        3
    """
    assert shown(picture, BY_GROUP, "n_people") == [100, 60, None, None]


def test_small_groups_that_are_11_together_protect_one_another():
    """Each of 6 and 6 could be 11 of the 12; of 5 and 6 neither could, for neither can be 0."""
    picture = """
        attribute | group_name | n_people
        ----------+------------+---------
          overall | Everyone   |      {}
              sex | Female     |       60
              sex | Male       |        6
              sex | Unknown    |       {}
    """
    assert shown(picture.format(72, 6), BY_GROUP, "n_people") == [72, 60, None, None]
    assert shown(picture.format(71, 5), BY_GROUP, "n_people") == [71, None, None, None]


def test_people_in_no_group_at_all_are_a_count_too():
    """97 of 100 are in a group: the 3 others could be read as a difference."""
    picture = """
        attribute | group_name | n_people
        ----------+------------+---------
          overall | Everyone   |      100
              sex | Female     |       60
              sex | Male       |       37
    """
    assert shown(picture, BY_GROUP, "n_people") == [100, 60, None]


def test_a_row_about_few_people_loses_all_its_counts_and_what_derives_from_them():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_rows", "n_people", "n_outcomes"),
        key=("group_name",),
        derives={"outcome_rate": ("n_outcomes", "n_rows")},
    )
    picture = """
        group_name | n_rows | n_people | n_outcomes | outcome_rate | mean_age
        -----------+--------+----------+------------+--------------+---------
        A          |     40 |        4 |         20 |          0.5 |     61.5
        B          |     40 |       30 |         20 |          0.5 |     60.5
    """
    columns = ("n_rows", "n_people", "n_outcomes", "outcome_rate", "mean_age", "is_suppressed")
    assert shown(picture, rule, *columns) == [
        (None, None, None, None, 61.5, True),
        (40, 30, 20, 0.5, 60.5, False),
    ]


def test_outcomes_are_withheld_when_few_people_had_them_and_people_with_rows():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_rows", "n_people", "n_outcomes", "n_people_with_outcome"),
        key=("group_name",),
    )
    picture = """
        group_name | n_rows | n_people | n_outcomes | n_people_with_outcome
        -----------+--------+----------+------------+----------------------
        A          |     90 |       50 |         30 |                     4
    """
    counts = rule.counts
    assert shown(picture, rule, *counts) == [(90, 50, None, None)]

    rows_are_people = table("""
        attribute | group_name | n_people | n_rows
        ----------+------------+----------+-------
          overall | Everyone   |      100 |    100
              sex | Female     |       60 |     60
              sex | Male       |       37 |     37
              sex | Unknown    |        3 |      3
    """)
    with_rows = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_rows"),
        key=BY_GROUP.key,
        adds_up=BY_GROUP.adds_up,
    )
    found = suppress({"mart": rows_are_people}, {"mart": with_rows}, 11)["mart"]
    assert found["n_rows"].to_list() == found["n_people"].to_list() == [100, 60, None, None]


def test_those_without_the_outcome_may_be_too_few_as_well():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_with_outcome"),
        key=("group_name",),
        pairs=(Pair(total="n_people", part="n_people_with_outcome"),),
    )
    picture = """
        group_name | n_people | n_people_with_outcome
        -----------+----------+----------------------
        A          |      100 |                    95
        B          |      100 |                    89
        C          |      100 |                   100
    """
    assert shown(picture, rule, *rule.counts) == [(100, None), (100, 89), (100, 100)]


ATTRITION = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people",),
    key=("study", "step_number"),
    sequence=Steps(order="step_number"),
)


def test_a_step_that_removes_few_people_cannot_be_read_from_its_neighbours():
    picture = """
        study | step_number | n_people
        ------+-------------+---------
            s |           1 |      200
            s |           2 |      150
            s |           3 |      145
            s |           4 |      100
    """
    assert shown(picture, ATTRITION, "n_people") == [200, 150, None, 100]


def test_a_note_is_compared_with_the_last_step_and_removes_nobody():
    picture = """
        study | step_number | is_applied | n_people
        ------+-------------+------------+---------
            s |           1 | true       |      200
            s |           2 | false      |      195
            s |           3 | true       |      180
    """
    assert shown(picture, ATTRITION, "n_people") == [200, None, 180]


def test_totals_may_stand_in_a_column_of_the_rows_themselves():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_total"),
        key=("study", "pathway"),
        adds_up=(AddsUp(over="pathway", total_counts={"n_people": "n_people_total"}),),
        derives={"share": ("n_people", "n_people_total")},
    )
    picture = """
        study | pathway | n_people | n_people_total | share
        ------+---------+----------+----------------+------
            s | A       |       60 |            100 |  0.60
            s | A-B     |       38 |            100 |  0.38
            s | B       |        2 |            100 |  0.02
            t | A       |       50 |             90 |  0.56
            t | B       |       40 |             90 |  0.44
    """
    assert shown(picture, rule, "n_people", "n_people_total", "share") == [
        (60, 100, 0.6),
        (None, 100, None),
        (None, 100, None),
        (50, 90, 0.56),
        (40, 90, 0.44),
    ]


def test_people_in_two_groups_do_not_make_the_sum_a_lie():
    """35 + 70 people in two groups of 100: 65 in one only, and the other way 30."""
    picture = """
        attribute | group_name | n_people
        ----------+------------+---------
          overall | Everyone   |      100
         age_band | 18-34      |       35
         age_band | 35-49      |       70
    """
    assert shown(picture, BY_GROUP, "n_people") == [100, 35, 70]
    assert shown(picture.replace("70", "95"), BY_GROUP, "n_people") == [100, 35, None]


def test_a_rate_goes_when_what_it_counts_has_no_column_and_is_small():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_with_outcome"),
        key=("metric", "group_name"),
        rates=(
            Rate(rate="value", of="n_people_with_outcome", where={"metric": "true_positive_rate"}),
        ),
    )
    picture = """
        metric             | group_name | n_people | n_people_with_outcome | value
        -------------------+------------+----------+-----------------------+------
        true_positive_rate | A          |      200 |                    60 |  0.10
        true_positive_rate | B          |      200 |                    60 |  0.90
        true_positive_rate | C          |      200 |                    60 |  0.50
        true_positive_rate | D          |      200 |                    60 |  0.00
        auroc              | A          |      200 |                    60 |  0.90
    """
    assert shown(picture, rule, "value") == [None, None, 0.5, 0.0, 0.9]


PROFILE = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people",),
    key=("study", "attribute", "group_name"),
    adds_up=BY_GROUP.adds_up,
    same_as=(SameAs(count="n_people", quantity="people of {study}: {attribute} {group_name}"),),
)
PROFILE_ROWS = table("""
    study | attribute | group_name | n_people
    ------+-----------+------------+---------
        s | overall   | Everyone   |      100
        s | sex       | Female     |       60
        s | sex       | Male       |       37
        s | sex       | Unknown    |        3
""")


def test_what_one_mart_withholds_no_other_mart_shows():
    audit = table("""
        study | attribute | group_name | metric | n_people
        ------+-----------+------------+--------+---------
            s | sex       | Female     | auroc  |       60
            s | sex       | Male       | auroc  |       37
            s | sex       | Male       | brier  |       37
    """)
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people",),
        key=("study", "attribute", "group_name", "metric"),
        same_as=PROFILE.same_as,
    )
    found = suppress(
        {"audit": audit, "profile": PROFILE_ROWS}, {"audit": rule, "profile": PROFILE}, 11
    )
    assert found["audit"]["n_people"].to_list() == [60, None, None]
    assert found["profile"]["n_people"].to_list() == [100, 60, None, None]


def test_a_mart_that_does_not_say_what_its_counts_are_may_not_repeat_a_withheld_one():
    log = table("""
        study | step_number | n_people
        ------+-------------+---------
            s |           1 |       37
            s |           2 |       60
            t |           1 |       37
              |           1 |       37
    """).with_columns(pl.col("study").fill_null(""))
    rule = DisclosureRule(
        level="aggregate", people="n_people", counts=("n_people",), key=("study", "step_number")
    )
    found = suppress({"log": log, "profile": PROFILE_ROWS}, {"log": rule, "profile": PROFILE}, 11)
    assert found["log"]["n_people"].to_list() == [None, 60, 37, None]


def test_the_part_left_out_of_a_subset_is_a_count_too():
    """57 of 60 women were in the test set: the 3 others could be read as a difference."""
    audit = table("""
        study | attribute | group_name | n_people
        ------+-----------+------------+---------
            s | sex       | Female     |       57
    """)
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people",),
        key=("study", "attribute", "group_name"),
        pairs=(Pair(total="people of {study}: {attribute} {group_name}", part="n_people"),),
    )
    found = suppress(
        {"audit": audit, "profile": PROFILE_ROWS}, {"audit": rule, "profile": PROFILE}, 11
    )
    women = found["profile"].filter(pl.col("group_name") == "Female")["n_people"].item()
    assert None in (women, found["audit"]["n_people"].item())


def test_person_level_marts_and_those_about_nobody_pass_as_they_are():
    frame = table("""
        person_id | n_people
        ----------+---------
                1 |        3
    """)
    for level in ("person", "none"):
        found = suppress({"mart": frame}, {"mart": DisclosureRule(level=level)}, 11)
        assert found["mart"].equals(frame)


def test_a_0_in_a_row_about_few_people_goes_with_the_row_and_costs_no_other_count():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_with_outcome"),
        key=BY_GROUP.key,
        adds_up=BY_GROUP.adds_up,
    )
    picture = """
        attribute | group_name | n_people | n_people_with_outcome
        ----------+------------+----------+----------------------
          overall | Everyone   |      100 |                    40
              sex | Female     |       51 |                    28
              sex | Male       |       43 |                    12
              sex | Unknown    |        6 |                     0
    """
    assert shown(picture, rule, *rule.counts) == [(100, 40), (51, 28), (None, 12), (None, None)]


def test_an_empty_mart_is_published_empty_and_nulls_stay_nulls():
    empty = PROFILE_ROWS.clear()
    found = suppress({"profile": empty}, {"profile": PROFILE}, 11)["profile"]
    assert found.columns == [*empty.columns, "is_suppressed"]
    assert found.is_empty()

    unknown = PROFILE_ROWS.with_columns(n_people=pl.lit(None, pl.Int64))
    found = suppress({"profile": unknown}, {"profile": PROFILE}, 11)["profile"]
    assert not found["is_suppressed"].any()


def test_a_mart_without_a_rule_or_with_a_wrong_one_is_not_published():
    with pytest.raises(RunFailedError, match="'profile' has no disclosure rule"):
        suppress({"profile": PROFILE_ROWS}, {}, 11)
    with pytest.raises(RunFailedError, match="names n_people, which it does not have"):
        suppress({"profile": PROFILE_ROWS.drop("n_people")}, {"profile": PROFILE}, 11)
    doubled = pl.concat([PROFILE_ROWS, PROFILE_ROWS.with_columns(n_people=pl.col("n_people") + 1)])
    with pytest.raises(RunFailedError, match="says it is the same count as one that is"):
        suppress({"profile": doubled}, {"profile": PROFILE}, 11)


def test_more_people_in_a_part_than_in_its_total_is_an_error_of_the_run():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_with_outcome"),
        key=("group_name",),
        pairs=(Pair(total="n_people", part="n_people_with_outcome"),),
    )
    picture = """
        group_name | n_people | n_people_with_outcome
        -----------+----------+----------------------
        A          |       50 |                    60
    """
    with pytest.raises(RunFailedError, match="is 60, more than its total 'n_people', 50"):
        shown(picture, rule, "n_people")
