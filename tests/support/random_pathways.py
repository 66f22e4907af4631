"""Random people with random courses of random treatments, for a pathway question."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.studies import PathwaySettings

EVENTS = {2: "A", 3: "B", 4: "C", 5: "D"}
EXITS = {9: "Death"}
LENGTHS = np.array([0, 1, 9, 10, 14, 29, 30, 60, 90])


@dataclass(frozen=True, kw_only=True)
class RandomPeople:
    """Target rows, and rows of events and exits, of people numbered from 1."""

    stays: list[tuple[int, int, int]]
    rows: list[tuple[int, int, int, int]]

    def frames(self) -> dict[str, pl.DataFrame]:
        """The rows as `find_pathways` takes them."""
        columns = {"person_id": pl.Int64, "start_day": pl.Int64, "end_day": pl.Int64}
        return {
            "targets": pl.DataFrame(self.stays, schema=columns, orient="row"),
            "events": _named(self.rows, EVENTS, columns),
            "exits": _named(self.rows, EXITS, columns),
        }


def _named(rows, names, columns) -> pl.DataFrame:
    named = [
        (names[cohort], person, start, end)
        for person, cohort, start, end in rows
        if cohort in names
    ]
    return pl.DataFrame(named, schema={"event": pl.String, **columns}, orient="row")


def random_people(number: int, random: np.random.Generator) -> RandomPeople:
    """One to three stays and up to a dozen records each, crowded enough to overlap and tie."""
    stays, rows = [], []
    for person in range(1, number + 1):
        for _ in range(random.integers(1, 4)):
            start = int(random.integers(0, 60))
            stays.append((person, start, start + int(random.integers(0, 300))))
        for _ in range(random.integers(0, 13)):
            start, length = int(random.integers(0, 200)), int(random.choice(LENGTHS))
            cohort = int(random.choice([*EVENTS, *EVENTS, *EXITS]))
            rows.append((person, cohort, start, start + length))
    return RandomPeople(stays=stays, rows=rows)


def random_settings(random: np.random.Generator, compat: str) -> PathwaySettings:
    """Parameters of which each takes one of a few values that matter."""
    splits = [(), (), ("A",), ("C", "A")][random.integers(4)]
    start_anchor = str(random.choice(["start_date", "start_date", "end_date"]))
    end_anchor = str(random.choice(["end_date", "end_date", "start_date"]))
    is_whole_stay = (start_anchor, end_anchor) == ("start_date", "end_date")
    return PathwaySettings(
        targets={1: "X"},
        events=EVENTS,
        exits=EXITS,
        start_anchor=start_anchor,
        window_start=int(random.choice([0, 0, -20, 10])),
        end_anchor=end_anchor,
        window_end=int(random.choice([0, 60, 400] if is_whole_stay else [60, 400])),
        min_era_duration=int(random.choice([0, 0, 7, 14])),
        split_event_cohorts=splits,
        split_time=(10, 30)[: len(splits)],
        split_method=str(random.choice(["whole", "cut"])) if compat == "clean" else "whole",
        min_era_duration_of=[("events",), ("events", "targets", "exits")][random.integers(2)],
        era_collapse_size=int(random.choice([0, 5, 30])),
        combination_window=int(random.choice([0, 1, 10, 30])),
        min_post_combination_duration=int(random.choice([0, 1, 10, 30])),
        filter_treatments=str(random.choice(["first", "changes", "all"])),
        max_path_length=int(random.choice([2, 5, 50])),
        overlap_method=str(random.choice(["truncate", "keep"])),
        concat_targets=bool(random.choice([True, False])),
        compat=compat,
    )
