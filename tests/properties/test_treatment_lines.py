"""Lines, persistence and days covered are those found person by person, the slow way."""

import numpy as np
import polars as pl
import pytest

from analytics.pathways import as_pathways, find_courses
from analytics.pathways.collapse import collapse_eras
from analytics.pathways.days_covered import count_days_covered, find_proportion_covered
from analytics.pathways.durations import count_durations
from analytics.pathways.follow_up import find_follow_up
from analytics.pathways.line_counts import count_lines, name_lines
from analytics.pathways.lines import MOST_LINES, find_treatment_lines
from analytics.pathways.persistence import DAYS_AFTER_START, count_persistence, find_last_days
from tests.support.plainly_lines import lines_of
from tests.support.plainly_pathways import pathway_of
from tests.support.random_pathways import random_people, random_settings

PEOPLE = 1000


@pytest.fixture(scope="module", params=range(4))
def found(request):
    """1,000 random people, observed and dying at random: our lines, and the plain ones."""
    random = np.random.default_rng(100 + request.param)
    asked = random_settings(random, "clean").model_copy(
        update={
            "split_event_cohorts": (),
            "split_time": (),
            "start_anchor": "start_date",
            "end_anchor": "end_date",
            "window_end": 60,
        }
    )
    everyone = random_people(PEOPLE, random)
    periods = [(person, -50, int(random.integers(20, 500))) for person in range(1, PEOPLE + 1)]
    deaths = {person: int(random.integers(0, 600)) for person in range(1, PEOPLE, 5)}
    courses = find_courses(asked, **everyone.frames())
    days = {"person_id": pl.Int64, "start_day": pl.Int64, "end_day": pl.Int64}
    follow_up = find_follow_up(
        courses.lines,
        periods=pl.DataFrame(periods, schema=days, orient="row"),
        deaths=pl.DataFrame({"person_id": list(deaths), "death_day": list(deaths.values())}),
    )
    ours = find_treatment_lines(courses, asked, follow_up)
    plain = _plainly(asked, everyone, {person: end for person, _, end in periods}, deaths)
    return asked, courses, ours, plain


def _plainly(asked, everyone, observed_until, deaths):
    plain = []
    beyond = asked.model_copy(update={"max_path_length": 10_000})
    for person in range(1, PEOPLE + 1):
        stays = sorted({stay[1:] for stay in everyone.stays if stay[0] == person})
        rows = [row[1:] for row in everyone.rows if row[0] == person]
        events = [(asked.events[c], first, last) for c, first, last in rows if c in asked.events]
        exits = [(asked.exits[c], first, last) for c, first, last in rows if c in asked.exits]
        episodes = pathway_of(beyond, stays, events, exits)
        if not episodes:
            continue
        shortest = asked.min_era_duration if "targets" in asked.min_era_duration_of else 0
        stays = [stay for stay in stays if stay[1] - stay[0] >= shortest]
        mine = stays if asked.concat_targets else stays[:1]
        windows = [_window(asked, stay) for stay in mine]
        until = max(
            min(last, observed_until[person]) if first_day <= observed_until[person] else last
            for (first_day, _), (_, last) in zip(mine, windows, strict=True)
        )
        until = min(until, deaths.get(person, until))
        is_long = asked.min_era_duration if "events" in asked.min_era_duration_of else 0
        records = [
            record
            for record in events
            if record[2] - record[1] >= is_long
            and any(opens <= record[1] <= closes for opens, closes in windows)
        ]
        lines = lines_of(
            episodes[0],
            records,
            exits=list(asked.exits.values()),
            gap=asked.era_collapse_size,
            followed_until=until,
            most=MOST_LINES,
            longest=asked.max_path_length,
        )
        plain += [(person, until, line) for line in lines]
    return plain


def _window(asked, stay):
    opens = stay[0] if asked.start_anchor == "start_date" else stay[1]
    closes = stay[0] if asked.end_anchor == "start_date" else stay[1]
    return opens + asked.window_start, closes + asked.window_end


def test_each_line_and_what_follows_it(found):
    _, _, ours, plain = found

    shown = ours.select(
        "line_number",
        pl.col("event").cast(pl.String),
        "start_day",
        "what_follows",
        pl.col("next_start_day") - pl.col("start_day"),
        "followed_until",
    ).rows()
    assert shown == [
        (line.number, line.event, line.start, line.what_follows, line.days_to_next, until)
        for _, until, line in plain
    ]
    assert len(shown) > 800


def test_the_last_day_on_each_lines_treatment(found):
    asked, courses, ours, plain = found

    last = find_last_days(ours, collapse_eras(courses.records, asked.era_collapse_size))

    assert last.tolist() == [line.on_until for *_, line in plain]


def test_the_proportion_of_days_covered(found):
    _, courses, ours, plain = found

    covered = find_proportion_covered(ours, courses.records)

    assert covered.tolist() == pytest.approx([line.covered for *_, line in plain])
    assert len(set(covered.tolist())) > 50


def test_the_tables_count_these_people(found):
    asked, courses, ours, plain = found
    named = name_lines(ours, 2)
    lines = [(line, until) for _, until, line in plain]

    n_target = as_pathways(courses, asked).person_pathway["person_id"].n_unique()
    counted = count_lines(ours, named, n_target, 2)
    for row in counted.filter(~pl.col("is_any_treatment")).iter_rows(named=True):
        if row["treatment"] in named.of_line[row["line_number"]]:
            assert row["n_people"] == sum(
                line.number == row["line_number"]
                and line.event == row["treatment"]
                and row["what_follows"] in _wholes(line.what_follows)
                for line, _ in lines
            )
    persistence = count_persistence(ours, courses.records, named, asked.era_collapse_size)
    for row in persistence.iter_rows(named=True):
        of_it = _of(lines, row)
        day = row["days_after_start"]
        followed = [line for line, until in of_it if max(until, line.start) - line.start >= day]
        assert row["n_people_followed"] == len(followed)
        assert row["n_people_persistent"] == sum(
            line.on_until - line.start >= day for line in followed
        )
    covered = count_days_covered(ours, courses.records, named)
    for row in covered.iter_rows(named=True):
        shares = [line.covered for line, _ in _of(lines, row)]
        assert row["n_people_well_covered"] == sum(share >= 0.8 for share in shares)
        assert row["covered_mean"] == pytest.approx(np.mean(shares), abs=6e-4)
        assert row["covered_median"] == pytest.approx(np.median(shares), abs=6e-4)
    durations = count_durations(ours, named, set(counted["counted_as"]))
    to_next = durations.filter(pl.col("measure") == "days to next line", pl.col("line_number") > 0)
    for row in to_next.filter(pl.col("treatment") != "Any treatment").iter_rows(named=True):
        days = [line.days_to_next for line, _ in _of(lines, row) if line.days_to_next is not None]
        assert row["n_people"] == len(days)
        assert abs(row["days_median"] - np.median(days)) <= 0.5
    assert covered.height
    assert set(persistence["days_after_start"]) == set(DAYS_AFTER_START)


def _of(lines, row):
    return [
        (line, until)
        for line, until in lines
        if (line.number, line.event) == (row["line_number"], row["treatment"])
    ]


def _wholes(follows):
    if follows in ("stops", "goes on"):
        return {follows, "ends", "starts"}
    return {follows, "starts"} if follows == "leaves" else {follows, "moves on", "starts"}
