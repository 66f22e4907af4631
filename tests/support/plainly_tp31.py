"""Pathways as TreatmentPatterns 3.1.0 finds them, the slow and obvious way, from rules in words.

One target cohort, all its people at once: in this reading what one person has can change what
becomes of another's short records.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.studies import PathwaySettings

Stay = tuple[int, int, int]  # person, start, end
Row = tuple[int, int, int, int]  # person, cohort id, start, end
Step = tuple[str, int, int, int]  # event, start, end, days


@dataclass(frozen=True)
class Record:
    """One stretch of days on one event, or on a combination of several."""

    start: int
    end: int
    events: tuple[int, ...]
    days: int

    def order(self, places: dict[int, int]) -> tuple[int, int, int]:
        """What records are sorted by: start, end, and the event (later in the list is greater)."""
        return self.start, self.end, sum(2 ** places[event] for event in set(self.events))


def plainly_tp31(
    asked: PathwaySettings, stays: Sequence[Stay], rows: Sequence[Row]
) -> dict[tuple[int, int], list[Step]]:
    """The steps of each person and episode that has any."""
    long_stays = [stay for stay in stays if stay[2] - stay[1] >= asked.min_era_duration]
    long_rows = [row for row in rows if row[3] - row[2] >= asked.min_era_duration]
    taken: dict[tuple[int, int], list[Record]] = {}
    left: dict[tuple[int, int], list[Record]] = {}
    n_stays: dict[int, int] = {}
    for person, first, last in long_stays:
        n_stays[person] = n_stays.get(person, 0) + 1
        episode = 1 if asked.concat_targets else n_stays[person]
        opens = (first if asked.start_anchor == "start_date" else last) + asked.window_start
        closes = (first if asked.end_anchor == "start_date" else last) + asked.window_end
        for who, cohort, start, end in long_rows:
            if who == person and opens <= start <= closes:
                found = left if cohort in asked.exits else taken
                record = Record(
                    start, end, (_after_split(asked, cohort, end - start),), end - start
                )
                found.setdefault((person, episode), []).append(record)
    names = _names(asked)
    places = {number: place for place, number in enumerate(names)}
    eras = {line: _collapsed(asked, records, places) for line, records in taken.items()}
    pieces = _one_at_a_time(asked, eras, places)
    steps = {}
    for line in sorted({*pieces, *left}):
        kept = _kept(asked, sorted(pieces.get(line, []), key=lambda r: r.order(places)))
        ends = sorted(left.get(line, []), key=lambda r: (r.start, r.end, r.events))
        in_order = sorted([*kept, *ends], key=lambda r: (r.start, r.end))
        named = [(_label(names, r.events), r.start, r.end, r.days) for r in in_order]
        if named:
            steps[line] = named[: asked.max_path_length]
    return steps


def _splits(asked: PathwaySettings) -> list[tuple[int, int]]:
    numbers = {name: number for number, name in asked.events.items()}
    return [
        (numbers[name], days)
        for name, days in zip(asked.split_events(), asked.split_time, strict=True)
    ]


def _after_split(asked: PathwaySettings, cohort: int, days: int) -> int:
    for split, time in _splits(asked):
        if cohort == split:
            return int(f"{cohort}1") if days < time else int(f"{cohort}2")
    return cohort


def _names(asked: PathwaySettings) -> dict[int, str]:
    """What each event is called after splitting, in the order that breaks ties."""
    splits = [cohort for cohort, _ in _splits(asked)]
    names = {}
    for number, name in sorted(asked.events.items()):
        if number not in splits:
            names[number] = name
        elif number == splits[-1]:
            names[int(f"{number}1")] = f"{name} (acute)"
            names[int(f"{number}2")] = f"{name}s (therapy)"
        else:
            names[int(f"{number}1")] = f"{number}1"
            names[int(f"{number}2")] = f"{number}2"
    return names | dict(asked.exits)


def _label(names: dict[int, str], events: tuple[int, ...]) -> str:
    return "+".join(sorted(names[event] for event in events))


def _collapsed(asked, records, places):
    eras = []
    for event in {record.events for record in records}:
        own = sorted((r for r in records if r.events == event), key=lambda r: (r.start, r.end))
        eras += _eras(own, asked.era_collapse_size)
    return sorted(eras, key=lambda r: r.order(places))


def _eras(own: list[Record], size: int) -> list[Record]:
    """Each record that the next one follows closely hands its start on, and goes."""
    goes = [
        number for number in range(len(own) - 1) if own[number + 1].start - own[number].end <= size
    ]
    at_work = dict(enumerate(own))
    order = list(range(len(own)))
    for number in goes:
        follower = order[order.index(number) + 1]
        at_work[follower] = replace(at_work[follower], start=at_work[number].start)
        order.sort(key=lambda n: (at_work[n].start, at_work[n].end))
    return [record for number, record in at_work.items() if number not in goes]


def _one_at_a_time(asked, lines, places):
    """Rounds: one overlapping pair of each line, then what is short goes, of everybody."""
    while True:
        pairs = {line: _pair_to_resolve(asked, records) for line, records in lines.items()}
        if all(pair is None for pair in pairs.values()):
            return lines
        handled = {
            line: records if pairs[line] is None else _resolved(asked, records, pairs[line])
            for line, records in lines.items()
        }
        lines = {
            line: sorted(_long_enough(asked, records), key=lambda r: r.order(places))
            for line, records in handled.items()
        }


def _pair_to_resolve(asked: PathwaySettings, records: list[Record]) -> int | None:
    """The later one of the first overlapping pair; with keep nothing, where that one is short."""
    for number in range(1, len(records)):
        overlap = records[number - 1].end - records[number].start
        if overlap > 0:
            is_kept = asked.overlap_method == "keep" and overlap < asked.combination_window
            return None if is_kept else number
    return None


def _resolved(asked, records, number):
    """The durations are those stored: of a collapsed era, before any round, its last record's."""
    p, r = records[number - 1], records[number]
    overlap = p.end - r.start
    others = [*records[: number - 1], *records[number + 1 :]]
    if overlap < asked.combination_window and overlap not in (p.days, r.days):
        return [*others, replace(p, end=r.start), r]
    both = r.events + p.events
    if p.end < r.end:
        return [
            *others,
            replace(p, end=r.start),
            replace(r, end=p.end, events=both),
            replace(r, start=p.end),
        ]
    return [*others, replace(p, end=r.start), replace(r, events=both), replace(p, start=r.end)]


def _long_enough(asked, records):
    counted = [replace(record, days=record.end - record.start) for record in records]
    return [r for r in counted if r.days >= asked.min_post_combination_duration]


def _kept(asked, records):
    if asked.filter_treatments != "first":  # changes merges nothing in 3.1.0
        return records
    kept = []
    for record in records:
        if all(set(record.events) != set(other.events) for other in kept):
            kept.append(record)
    return kept
