"""What is withheld from one mart, and from marts that share counts."""

from dataclasses import replace

import polars as pl
import pytest

from analytics.disclosure import (
    AddsUp,
    Compared,
    Derived,
    DisclosureRule,
    Pair,
    SaidInstead,
    SameAs,
    Steps,
    ToldAnyway,
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
        derives=(Derived(columns=("outcome_rate",), counts=("n_outcomes", "n_rows")),),
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
        derives=(Derived(columns=("share",), counts=("n_people", "n_people_total")),),
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


METRICS = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people", "n_outcomes", "n_flagged"),
    key=("metric", "group"),
    pairs=(Pair(total="n_outcomes", part="n_flagged"),),
    derives=(
        Derived(columns=("value",), counts=("n_outcomes",)),
        Derived(
            columns=("value",),
            counts=("n_flagged",),
            where={"metric": ("caught",)},
        ),
    ),
    compares=(Compared(columns=("difference",), of="value", group="group", reference="against"),),
    says_instead=(SaidInstead(column="verdict", of="value", words="too few to show"),),
)


def test_a_value_goes_only_with_the_counts_that_its_metric_is_computed_from():
    picture = """
        metric | group | against | n_people | n_outcomes | n_flagged | value | difference | verdict
        -------+-------+---------+----------+------------+-----------+-------+------------+---------
        rate   | A     | A       |      200 |         60 |         6 |  0.30 |            | baseline
        caught | A     | A       |      200 |         60 |         6 |  0.10 |            | baseline
        caught | B     | A       |      200 |         60 |        30 |  0.50 |       0.40 | differs
        rate   | B     | A       |      200 |         60 |        30 |  0.30 |       0.00 | no limit
        rate   | C     | A       |      200 |          5 |         5 |  0.03 |      -0.27 | no limit
    """
    assert shown(picture, METRICS, "value", "difference", "verdict") == [
        (0.3, None, "baseline"),
        (None, None, "too few to show"),
        (0.5, None, "differs"),  # the difference would tell what A's value is
        (0.3, 0.0, "no limit"),
        (None, None, "too few to show"),
    ]


RANKED = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people", "n_people_with_outcome"),
    key=("attribute", "group_name"),
    adds_up=BY_GROUP.adds_up,
    derives=(Derived(columns=("auroc",), counts=("n_people_with_outcome",)),),
    told_anyway=(
        ToldAnyway(columns=("auroc",), decimals=2, at_least={"n_people_with_outcome": 25}),
    ),
)
BY_SEX = """
    attribute | group_name | n_people | n_people_with_outcome |  auroc
    ----------+------------+----------+-----------------------+-------
      overall | Everyone   |     1000 |                   {} | 0.7512
          sex | Female     |      600 |                    200 | 0.7612
          sex | Male       |      300 |                   {} | 0.7412
          sex | Unknown    |      100 |                      3 |
"""


def test_what_tells_of_no_count_is_shown_rounded_where_it_may_be_known_that_there_are_enough():
    """160 men less at least 25 leaves room; of 30 men and others, 25 men would leave 5."""
    enough = shown(BY_SEX.format(363, 160), RANKED, "n_people_with_outcome", "auroc")
    too_few = shown(BY_SEX.format(230, 27), RANKED, "n_people_with_outcome", "auroc")

    assert enough == [(363, 0.75), (200, 0.76), (None, 0.74), (None, None)]
    assert too_few == [(230, 0.75), (200, 0.76), (None, None), (None, None)]


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


def test_counts_that_may_differ_are_one_only_where_their_numbers_agree():
    """A study that ran before the CDM was last built had another target cohort."""
    cohort = table("""
        cohort_name | rule_number | n_people
        ------------+-------------+---------
        stays       |           1 |      100
        stays       |           2 |       95
    """)
    study = table("""
        study | target_cohort | step_number | n_people
        ------+---------------+-------------+---------
            s | stays         |           1 |       95
            t | stays         |           1 |       80
    """)
    quantity = "people of cohort {}"
    rules = {
        "cohort": DisclosureRule(
            level="aggregate",
            people="n_people",
            counts=("n_people",),
            key=("cohort_name", "rule_number"),
            sequence=Steps(order="rule_number"),
            same_as=(
                SameAs(count="n_people", quantity=quantity.format("{cohort_name}"), at="last"),
            ),
        ),
        "study": DisclosureRule(
            level="aggregate",
            people="n_people",
            counts=("n_people",),
            key=("study", "step_number"),
            sequence=Steps(order="step_number"),
            same_as=(
                SameAs(
                    count="n_people",
                    quantity=quantity.format("{target_cohort}"),
                    at="first",
                    may_differ=True,
                ),
            ),
        ),
    }
    found = suppress({"cohort": cohort, "study": study}, rules, 11)
    assert found["cohort"]["n_people"].to_list() == [100, None]
    assert found["study"]["n_people"].to_list() == [None, 80]


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


WITH_OUTCOME = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people", "n_people_with_outcome"),
    key=BY_GROUP.key,
    adds_up=BY_GROUP.adds_up,
)


@pytest.mark.parametrize(("female", "male"), [(3, 8), (0, 11)])
def test_eleven_people_with_the_outcome_are_told_but_not_which_sex_they_are_of(female, male):
    """Neither sex is known to have anybody, for a 0 would not be told either."""
    picture = f"""
        attribute | group_name | n_people | n_people_with_outcome
        ----------+------------+----------+----------------------
          overall | Everyone   |      200 |                    11
              sex | Female     |      100 |                  {female:4}
              sex | Male       |      100 |                  {male:4}
    """
    assert shown(picture, WITH_OUTCOME, *WITH_OUTCOME.counts) == [
        (200, 11),
        (100, None),
        (100, None),
    ]


def test_where_a_total_is_large_enough_a_0_is_told():
    picture = """
        attribute | group_name | n_people | n_people_with_outcome
        ----------+------------+----------+----------------------
          overall | Everyone   |      200 |                    22
              sex | Female     |      100 |                     0
              sex | Male       |      100 |                    22
    """
    assert shown(picture, WITH_OUTCOME, "n_people_with_outcome") == [22, 0, 22]


def test_what_is_told_is_withheld_last():
    """Of 200, 150 and 145 people the first or the last must go for the 5 to stay unknown."""
    picture = """
        study | step_number | n_people
        ------+-------------+---------
            s |           1 |      150
            s |           2 |      145
    """
    told = SameAs(count="n_people", quantity="people of {study}", at="last", is_told=True)
    assert shown(picture, ATTRITION, "n_people") == [150, None]
    assert shown(picture, replace(ATTRITION, same_as=(told,)), "n_people") == [None, 145]


def test_rows_of_overlapping_groups_add_up_and_their_people_do_not():
    """The rows of 9 people cannot be found by taking away, nor can their people."""
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_rows"),
        key=BY_GROUP.key,
        adds_up=(
            AddsUp(
                over="group_name",
                total={"attribute": "overall", "group_name": "Everyone"},
                overlaps={"attribute": ("age_band",)},
            ),
        ),
    )
    picture = """
        attribute | group_name | n_people | n_rows
        ----------+------------+----------+-------
          overall | Everyone   |      100 |    200
         age_band | 18-34      |       95 |    120
         age_band | 35-49      |       60 |     66
         age_band | 50-64      |        9 |     14
    """
    # 95 of 100: five people never were 18-34. 14 rows are the rest of 200, so another band goes.
    assert shown(picture, rule, "n_people", "n_rows") == [
        (100, 200),
        (None, None),
        (60, 66),
        (None, None),
    ]


def test_rows_without_the_outcome_that_a_step_removes_are_a_count_too():
    """20 rows are removed, 15 of them with the outcome: 5 without can be read from the rest."""
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_rows", "n_outcomes", "n_people_with_outcome"),
        key=("study", "step_number"),
        pairs=(Pair(total="n_rows", part="n_outcomes"),),
        sequence=Steps(order="step_number"),
    )
    picture = """
        study | step_number | n_people | n_rows | n_outcomes | n_people_with_outcome
        ------+-------------+----------+--------+------------+----------------------
            s |           1 |      100 |    200 |         60 |                    60
            s |           2 |       80 |    180 |         45 |                    45
    """
    assert None in [count for row in shown(picture, rule, *rule.counts) for count in row]


def test_what_a_pair_leaves_may_be_a_column_and_must_be_what_is_left():
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_with", "n_without"),
        key=("group_name",),
        pairs=(Pair(total="n_people", part="n_with", rest="n_without"),),
    )
    picture = """
        group_name | n_people | n_with | n_without
        -----------+----------+--------+----------
        A          |      100 |     60 |        40
        B          |      100 |     95 |         5
    """
    assert shown(picture, rule, *rule.counts) == [(100, 60, 40), (100, None, None)]
    with pytest.raises(RunFailedError, match=r"n_without .* is 41, but 'n_people' less 'n_with'"):
        shown(picture.replace("       40", "       41"), rule, "n_people")


def test_rows_about_nobody_are_shown_as_they_are():
    rule = DisclosureRule(
        level="aggregate",
        counts=("n_rows",),
        key=("table_name",),
        about_nobody={"table_name": ("care_site", "provider")},
        derives=(Derived(columns=("message",), counts=("n_rows",)),),
    )
    picture = """
        table_name | n_rows | message
        -----------+--------+--------
        care_site  |      8 | 8 rows
        death      |      8 | 8 rows
    """
    assert shown(picture, rule, "n_rows", "message", "is_suppressed") == [
        (8, "8 rows", False),
        (None, None, True),
    ]


def test_counts_that_overlap_in_unknown_ways_are_rounded():
    """120 people have it within 180 days, 125 within 365: that 5 have it between is not told."""
    rule = DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people",),
        key=("covariate",),
        rounded=("n_people",),
    )
    picture = """
        covariate | n_people
        ----------+---------
        180 days  |      120
        365 days  |      125
        any time  |       11
        never     |        7
    """
    assert shown(picture, rule, "n_people") == [121, 121, 11, None]


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
