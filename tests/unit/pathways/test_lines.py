"""What a person takes first, second, third; what follows; how long; how much of the time."""

import polars as pl
import pytest

from analytics.pathways import find_courses
from analytics.pathways.collapse import collapse_eras
from analytics.pathways.days_covered import find_proportion_covered
from analytics.pathways.follow_up import find_follow_up
from analytics.pathways.line_counts import count_lines, name_lines
from analytics.pathways.lines import find_treatment_lines
from analytics.pathways.persistence import find_last_days
from analytics.pathways.shown import OTHER_PATHWAYS, name_pathways
from analytics.studies import PathwayStudy
from tests.support.tables import table
from tests.unit.pathways.test_finding import study

TARGETS = table("""
    person_id | start_day | end_day
            1 |       100 |     900
""")


def courses_of(asked: PathwayStudy, records: str, **more: pl.DataFrame):
    return find_courses(asked, targets=TARGETS, events=table(records), **more)


def lines_of(asked: PathwayStudy, records: str, *, deaths=None, **more: pl.DataFrame) -> list:
    """Number, treatment and what follows of each line of the one person."""
    courses = courses_of(asked, records, **more)
    found = find_treatment_lines(courses, asked, find_follow_up(courses.lines, deaths=deaths))
    return found.select("line_number", pl.col("event").cast(pl.String), "what_follows").rows()


def test_a_second_drug_on_top_adds_and_the_first_alone_again_reduces():
    asked = study("A", "B", filter_treatments="all")
    records = """
        event | person_id | start_day | end_day
        A     |         1 |       100 |     300
        B     |         1 |       150 |     220
    """

    assert lines_of(asked, records) == [
        (1, "A", "adds"),
        (2, "A+B", "reduces"),
        (3, "A", "stops"),
    ]


def test_another_drug_switches_and_an_earlier_one_restarts():
    records = """
        event | person_id | start_day | end_day
        A     |         1 |       100 |     200
        B     |         1 |       300 |     400
        A     |         1 |       500 |     600
    """

    assert lines_of(study("A", "B", filter_treatments="all"), records) == [
        (1, "A", "switches"),
        (2, "B", "restarts"),
        (3, "A", "stops"),
    ]
    # With `first` a treatment that comes back is left out, and nobody restarts.
    assert lines_of(study("A", "B"), records) == [(1, "A", "switches"), (2, "B", "stops")]


@pytest.mark.parametrize(("last_day", "follows"), [(869, "stops"), (870, "goes on")])
def test_who_is_followed_no_longer_than_the_gap_has_not_stopped(last_day, follows):
    records = f"""
        event | person_id | start_day | end_day
        A     |         1 |       100 | {last_day}
    """

    assert lines_of(study("A"), records) == [(1, "A", follows)]


def test_whoever_dies_is_followed_until_then_and_an_exit_is_how_one_leaves():
    records = """
        event | person_id | start_day | end_day
        A     |         1 |       100 |     200
    """
    deaths = table("""
        person_id | death_day
                1 |       210
    """)
    died = table("""
        event | person_id | start_day | end_day
        Death |         1 |       210 |     210
    """)

    assert lines_of(study("A"), records, deaths=deaths) == [(1, "A", "goes on")]
    assert lines_of(study("A"), records, exits=died) == [(1, "A", "leaves")]


def test_what_follows_the_last_line_that_a_path_may_have_is_looked_up_beyond_it():
    records = """
        event | person_id | start_day | end_day
        A     |         1 |       100 |     200
        B     |         1 |       300 |     400
    """

    assert lines_of(study("A", "B", max_path_length=1), records) == [(1, "A", "switches")]


def test_follow_up_ends_with_the_period_in_which_the_target_row_starts():
    lines = find_courses(
        study("A"),
        targets=TARGETS,
        events=table("""
            event | person_id | start_day | end_day
            A     |         1 |       100 |     200
        """),
    ).lines
    periods = table("""
        person_id | start_day | end_day
                1 |        50 |     500
                1 |       600 |    1000
    """)

    assert find_follow_up(lines)["followed_until"].to_list() == [900]
    assert find_follow_up(lines, periods=periods)["followed_until"].to_list() == [500]


def test_a_treatment_lasts_until_its_era_ends_and_a_combination_until_its_first_part_does():
    asked = study("A", "B", filter_treatments="all")
    courses = courses_of(
        asked,
        """
        event | person_id | start_day | end_day
        A     |         1 |       100 |     150
        A     |         1 |       180 |     300
        B     |         1 |       200 |     260
    """,
    )
    lines = find_treatment_lines(courses, asked, find_follow_up(courses.lines))

    last = find_last_days(lines, collapse_eras(courses.records, asked.era_collapse_size))

    # A goes on through the gap of 30 days and while B is added; A+B ends with B.
    assert list(zip(lines["event"].cast(pl.String), last.tolist(), strict=True)) == [
        ("A", 300),
        ("A+B", 260),
        ("A", 300),
    ]


def test_days_are_covered_once_and_gaps_are_not_up_to_the_end_of_follow_up():
    asked = study("A", era_collapse_size=60)
    courses = courses_of(
        asked,
        """
        event | person_id | start_day | end_day
        A     |         1 |       100 |     129
        A     |         1 |       120 |     149
        A     |         1 |       180 |     199
    """,
    )

    def covered(death_day: int) -> float:
        deaths = pl.DataFrame({"person_id": [1], "death_day": [death_day]})
        follow_up = find_follow_up(courses.lines, deaths=deaths)
        lines = find_treatment_lines(courses, asked, follow_up)
        return float(find_proportion_covered(lines, courses.records)[0])

    assert covered(2000) == pytest.approx(70 / 365)  # days 100-149 and 180-199
    assert covered(189) == pytest.approx(60 / 90)  # 50 and 10 days of days 100-189
    assert covered(100) == 1.0


def people(**numbers: int) -> pl.DataFrame:
    """So many people with each path of two lines (`A_B`) or one (`A`), as lines."""
    rows = []
    for path, number in numbers.items():
        events = path.split("_")
        for _ in range(number):
            person = len(rows)
            for place, event in enumerate(events, start=1):
                follows = "switches" if place < len(events) else "stops"
                rows.append((person, place, event, follows))
    schema = {
        "line": pl.Int64,
        "line_number": pl.Int32,
        "event": pl.Categorical,
        "what_follows": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_a_treatment_that_few_start_or_that_few_end_with_is_not_named_in_its_line():
    lines = people(A=60, A_C=50, B=5, B_C=60, D=20)

    named = name_lines(lines, 11)

    assert named.of_line[1] == ("A",)  # 5 end with B, 20 start D
    counted = count_lines(lines, named, 300, 11)
    told = {
        row[:3]: row[3]
        for row in counted.select("line_number", "treatment", "what_follows", "n_people").rows()
    }
    assert told[1, "Any treatment", "starts"] == 195
    assert told[1, "Other treatments", "starts"] == 85
    assert told[1, "A", "switches"] == 50
    assert told[1, "A", "stops"] == 60
    assert (1, "Other treatments", "stops") not in told


def test_a_named_path_says_which_counts_its_people_are_in():
    lines = people(A=60, A_C=50, B_C=60)
    paths = pl.DataFrame(
        {
            "person_id": range(180),
            "episode": [1] * 180,
            "pathway": ["A"] * 60 + ["A-C"] * 50 + ["B-C"] * 60 + ["None"] * 5 + ["C"] * 5,
        }
    )

    shown = name_pathways(
        paths,
        named=name_lines(lines, 11),
        exits=[],
        max_path_length=5,
        smallest_cell=11,
    )

    counted = {row[0]: set(row[2].split("; ")) for row in shown.rows()}
    assert set(counted) == {"A", "A-C", "B-C", "None", OTHER_PATHWAYS}
    assert {"line 1 A starts", "line 1 A switches", "line 2 C starts", "line 2 C ends"} <= counted[
        "A-C"
    ]
    assert {"line 1 A ends", "line 1 Any treatment ends", "takes A"} <= counted["A"]
    assert counted["None"] == {"groups None"}
