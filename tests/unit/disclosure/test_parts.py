"""Rows that say which counts of other marts their people are a part of."""

from analytics.disclosure import DisclosureRule, Pair, PartOf, SameAs, suppress
from tests.support.tables import table

PATHS = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people",),
    key=("pathway",),
    parts_of=(PartOf(count="n_people", column="counted_in", quantity="people who {counted_in}"),),
    same_as=(SameAs(count="n_people", quantity="on {pathway}", is_told=True),),
)
LINES = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people", "n_people_total"),
    key=("what",),
    pairs=(Pair(total="n_people_total", part="n_people"),),
    same_as=(SameAs(count="n_people", quantity="people who {what}"),),
)
PATHS_SHOWN = table("""
    pathway | n_people | counted_in
    A       |       50 | start A; end A
    A-B     |       30 | start A; go on
""")


def lines_shown(picture: str) -> list[tuple]:
    """What is shown of lines beside the two pathways."""
    found = suppress({"paths": PATHS_SHOWN, "lines": table(picture)}, RULES)
    assert found["paths"]["n_people"].to_list() == [50, 30]
    return found["lines"].select("what", "n_people").rows()


RULES = {"paths": PATHS, "lines": LINES}


def test_a_count_goes_when_the_named_parts_leave_few_of_it():
    assert lines_shown("""
        what    | n_people | n_people_total
        start A |       85 |            200
        end A   |       70 |            200
    """) == [("start A", None), ("end A", 70)]  # 5 would start A on another pathway


def test_a_count_that_the_parts_make_up_or_leave_enough_of_is_shown():
    assert lines_shown("""
        what    | n_people | n_people_total
        start A |       80 |            200
        end A   |       61 |            200
    """) == [("start A", 80), ("end A", 61)]


def test_a_total_beside_a_small_part_of_it_is_not_about_few_people():
    found = suppress(
        {
            "lines": table("""
            what  | n_people | n_people_total
            stop  |        3 |            200
        """)
        },
        {"lines": LINES},
    )["lines"]

    assert found.select("n_people", "n_people_total").rows() == [(None, 200)]
