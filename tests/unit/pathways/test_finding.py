"""From target rows and treatment records to a pathway for each person."""

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.pathways import find_pathways
from analytics.studies import PathwayEvent, PathwayStudy
from tests.support.tables import table

TARGETS = table("""
    person_id | start_day | end_day
    ----------+-----------+--------
            1 |       100 |     400
            2 |       100 |     400
""")


def study(*names: str, **settings: object) -> PathwayStudy:
    return PathwayStudy(
        name="diabetes",
        kind="pathway",
        title="Diabetes",
        question="?",
        target="anyone",
        events=tuple(
            PathwayEvent(concept_set=f"set_{place}", event=name) for place, name in enumerate(names)
        ),
        **settings,
    )


def pathways(asked: PathwayStudy, records: str, targets: pl.DataFrame = TARGETS, **more) -> list:
    found = find_pathways(asked, targets=targets, events=table(records), **more)
    return found.person_pathway.rows()


def test_only_records_that_start_in_the_window_count_and_both_its_ends_do():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     600
            B |         1 |       400 |     500
            A |         2 |        99 |     300
            B |         2 |       401 |     500
    """
    asked = study("A", "B", combination_window=300)
    assert pathways(asked, records) == [(1, 1, "A-B", 2), (2, 1, "None", 0)]


def test_a_window_may_open_before_the_target_and_close_after_its_start():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |        40 |      60
            B |         1 |       190 |     195
            C |         1 |       191 |     199
    """
    asked = study("A", "B", "C", window_start=-60, end_anchor="start_date", window_end=90)
    assert pathways(asked, records)[0] == (1, 1, "A-B", 2)


def test_steps_carry_dates_and_days():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     140
            A |         1 |       170 |     200
            B |         2 |       365 |     395
    """
    steps = find_pathways(study("A", "B"), targets=TARGETS, events=table(records)).steps
    assert steps.equals(
        table("""
            person_id | episode | step | event | start_date | end_date   | duration_days
            ----------+---------+------+-------+------------+------------+--------------
                    1 |       1 |    1 |     A | 1970-04-11 | 1970-07-20 |           100
                    2 |       1 |    1 |     B | 1971-01-01 | 1971-01-31 |            30
        """).cast(dict(steps.schema))
    )


def test_a_gap_of_the_collapse_size_is_bridged_and_one_day_more_is_not():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     140
            A |         1 |       170 |     200
            A |         2 |       100 |     140
            A |         2 |       171 |     200
    """
    asked = study("A", filter_treatments="all")
    assert pathways(asked, records) == [(1, 1, "A", 1), (2, 1, "A-A", 2)]


def test_a_gap_is_measured_from_the_latest_end_of_the_era():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     300
            A |         1 |       110 |     120
            A |         1 |       320 |     330
    """
    asked = study("A", filter_treatments="all")
    assert pathways(asked, records)[0] == (1, 1, "A", 1)


def test_first_changes_and_all():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     110
            A |         1 |       150 |     160
            B |         1 |       200 |     210
            A |         1 |       250 |     260
    """
    for kept, pathway in [("first", "A-B"), ("changes", "A-B-A"), ("all", "A-A-B-A")]:
        assert pathways(study("A", "B", filter_treatments=kept), records)[0][2] == pathway


def test_neighbours_made_one_have_the_sum_of_their_days():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     110
            A |         1 |       150 |     170
    """
    found = find_pathways(
        study("A", filter_treatments="changes"), targets=TARGETS, events=table(records)
    )
    assert found.steps["duration_days"].to_list() == [30]
    assert found.steps["end_date"].to_list() == table("day\n---\n1970-06-20")["day"].to_list()


def test_the_longest_pathway_is_cut_and_an_exit_takes_its_place_by_date():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     110
            B |         1 |       200 |     210
            C |         1 |       300 |     310
    """
    death = table("""
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
        Death |         1 |       205 |     205
    """)
    asked = study("A", "B", "C", max_path_length=3)
    assert pathways(asked, records, exits=death)[0] == (1, 1, "A-B-Death", 3)


def test_each_stay_in_the_target_may_be_an_episode_or_all_of_them_one():
    stays = table("""
        person_id | start_day | end_day
        ----------+-----------+--------
                1 |       500 |     600
                1 |       100 |     200
                1 |       150 |     250
    """)
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       160 |     170
            B |         1 |       550 |     560
    """
    apart = study("A", "B", filter_treatments="all", concat_targets=False)
    together = study("A", "B", filter_treatments="all")
    assert pathways(apart, records, stays) == [(1, 1, "A", 1), (1, 2, "A", 1), (1, 3, "B", 1)]
    assert pathways(together, records, stays) == [(1, 1, "A-B", 2)]


def test_short_and_long_use_are_told_apart_by_the_whole_record():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     129
            A |         1 |       200 |     230
    """
    asked = study("A", "B", split_event_cohorts=("A",), split_time=(30,))
    assert pathways(asked, records)[0][2] == "A (acute)-A (therapy)"


def test_long_use_may_be_cut_into_its_acute_and_its_therapy_days():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     160
            A |         2 |       100 |     130
    """
    asked = study("A", split_event_cohorts=("A",), split_time=(30,), split_method="cut")
    found = find_pathways(asked, targets=TARGETS, events=table(records))
    assert found.person_pathway["pathway"].to_list() == ["A (acute)-A (therapy)", "A (acute)"]
    assert found.steps["duration_days"].to_list() == [30, 30, 30]


def test_a_shortest_duration_holds_for_targets_and_exits_only_if_asked():
    stays = table("""
        person_id | start_day | end_day
        ----------+-----------+--------
                1 |       100 |     105
                2 |       100 |     400
    """)
    death = table("""
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
        Death |         1 |       100 |     100
        Death |         2 |       200 |     200
    """)
    none = "event | person_id | start_day | end_day"
    usual = study("A", min_era_duration=10)
    assert pathways(usual, none, stays, exits=death) == [(1, 1, "Death", 1), (2, 1, "Death", 1)]
    of_all = study("A", min_era_duration=10, min_era_duration_of=("events", "targets", "exits"))
    assert pathways(of_all, none, stays, exits=death) == [(2, 1, "None", 0)]


def test_a_combination_is_named_in_alphabetical_order_and_names_may_hold_a_dash():
    records = """
                event | person_id | start_day | end_day
        --------------+-----------+-----------+--------
              Insulin |         1 |       100 |     200
        DPP4 inhibitor |       1 |       100 |     200
    """
    steps = find_pathways(
        study("Insulin", "DPP4 inhibitor"), targets=TARGETS, events=table(records)
    ).steps
    assert steps["event"].to_list() == ["DPP4 inhibitor+Insulin"]


def test_records_too_short_are_left_out_before_eras_are_made():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |     110
            A |         1 |       111 |     121
            B |         1 |       100 |     114
    """
    assert pathways(study("A", "B", min_era_duration=14), records)[0][2] == "B"


def test_people_without_a_target_row_have_no_pathway():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         9 |       100 |     110
    """
    assert pathways(study("A"), records) == [(1, 1, "None", 0), (2, 1, "None", 0)]


def test_records_that_end_before_they_start_are_refused():
    records = """
        event | person_id | start_day | end_day
        ------+-----------+-----------+--------
            A |         1 |       100 |      99
    """
    with pytest.raises(BadInputError, match="1 rows of events end before they start"):
        pathways(study("A"), records)


def test_an_event_the_study_does_not_know_is_refused_with_its_near_miss():
    records = """
            event | person_id | start_day | end_day
        ----------+-----------+-----------+--------
        Metfromin |         1 |       100 |     110
    """
    with pytest.raises(BadInputError, match=r"'Metfromin'.* Did you mean 'Metformin'?"):
        pathways(study("Metformin"), records)


def test_more_events_than_can_be_told_apart_are_refused():
    names = [f"Drug {number}" for number in range(63)]
    records = """
        event  | person_id | start_day | end_day
        -------+-----------+-----------+--------
        Drug 1 |         1 |       100 |     110
    """
    with pytest.raises(BadInputError, match=r"63 events .* more than the 62"):
        pathways(study(*names), records)
    assert pathways(study(*names[:62]), records)[0][2] == "Drug 1"
