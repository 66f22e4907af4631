"""Treatment pathways of one person, the slow and obvious way, written from the rules in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.studies import PathwayParameters


@dataclass(frozen=True)
class Record:
    """One stretch of days on a set of treatments."""

    start: int
    end: int
    treatments: frozenset[str]
    days: int = 0


def pathway_of(
    study: PathwayParameters,
    targets: list[tuple[int, int]],
    events: list[tuple[str, int, int]],
    exits: Sequence[tuple[str, int, int]] = (),
) -> list[list[tuple[str, int, int, int]]]:
    """The steps (event, start, end, days) of each episode of one person."""
    shortest = study.min_era_duration if "targets" in study.min_era_duration_of else 0
    stays = sorted({(first, last) for first, last in targets if last - first >= shortest})
    if not stays:
        return []
    episodes = [stays] if study.concat_targets else [[stay] for stay in stays]
    return [_steps(study, episode, events, exits) for episode in episodes]


def _steps(study, stays, events, exits):
    def is_inside(start: int) -> bool:
        for first, last in stays:
            opens = (first if study.start_anchor == "start_date" else last) + study.window_start
            closes = (first if study.end_anchor == "start_date" else last) + study.window_end
            if opens <= start <= closes:
                return True
        return False

    def is_long_enough(kind: str, days: int) -> bool:
        return kind not in study.min_era_duration_of or days >= study.min_era_duration

    chosen = {
        part
        for name, start, end in events
        if is_long_enough("events", end - start) and is_inside(start)
        for part in _parts(study, name, start, end)
    }
    eras = []
    for name in sorted({name for name, _, _ in chosen}):
        own = sorted((start, end) for called, start, end in chosen if called == name)
        first, latest = own[0]
        for start, end in own[1:]:
            if start - latest <= study.era_collapse_size:
                latest = max(latest, end)
            else:
                eras.append(Record(first, latest, frozenset([name])))
                first, latest = start, end
        eras.append(Record(first, latest, frozenset([name])))
    places = _places(study)
    records = _filtered(study, _one_at_a_time(study, eras, places), places)
    steps = [
        (record.start, record.end, 0, "+".join(sorted(record.treatments)), record.days)
        for record in records
    ]
    left = {
        (start, end, 1, name, end - start)
        for name, start, end in exits
        if is_long_enough("exits", end - start) and is_inside(start)
    }
    ordered = sorted([*steps, *sorted(left)], key=lambda step: step[:3])
    return [(name, start, end, days) for start, end, _, name, days in ordered][
        : study.max_path_length
    ]


def _parts(study, name, start, end):
    """The record under its own name, or that of its kind; cut in two if that is asked for."""
    if name not in study.split_events():
        return [(name, start, end)]
    limit = study.split_time[study.split_events().index(name)]
    if study.split_method == "whole":
        return [(f"{name} ({'acute' if end - start < limit else 'therapy'})", start, end)]
    parts = [(f"{name} (acute)", start, min(end, start + limit))]
    return [*parts, (f"{name} (therapy)", start + limit, end)] if end - start > limit else parts


def _places(study):
    """Ties are broken by the order of the study's events."""
    names = []
    for name in study.named_events().values():
        names += [name, f"{name} (acute)", f"{name} (therapy)"]
    return {name: 2**place for place, name in enumerate(names)}


def _in_order(records, places):
    return sorted(
        records, key=lambda r: (r.start, r.end, sum(places[name] for name in r.treatments))
    )


def _one_at_a_time(study, records, places):
    while True:
        records = _in_order(records, places)
        for number in range(1, len(records)):
            p, r = records[number - 1], records[number]
            if r.start >= p.end:
                continue
            overlap = p.end - r.start
            is_whole = overlap in (r.end - r.start, p.end - p.start)
            is_short = overlap < study.combination_window and not is_whole
            if is_short and study.overlap_method == "keep":
                continue
            break
        else:
            return records
        made = [replace(p, end=r.start)]
        untouched = []
        if is_short:
            untouched = [r]
        elif p.end < r.end:
            made.append(Record(r.start, p.end, p.treatments | r.treatments))
            made.append(Record(p.end, r.end, r.treatments))
        else:
            made.append(Record(r.start, r.end, p.treatments | r.treatments))
            made.append(Record(r.end, p.end, p.treatments))
        shortest = max(1, study.min_post_combination_duration)
        records = [
            *records[: number - 1],
            *records[number + 1 :],
            *untouched,
            *(piece for piece in made if piece.end - piece.start >= shortest),
        ]


def _filtered(study, records, places):
    records = [replace(record, days=record.end - record.start) for record in records]
    if study.filter_treatments == "all":
        return records
    kept = []
    for record in records:
        if study.filter_treatments == "first":
            if all(record.treatments != other.treatments for other in kept):
                kept.append(record)
        elif kept and kept[-1].treatments == record.treatments:
            kept[-1] = replace(
                kept[-1], end=max(kept[-1].end, record.end), days=kept[-1].days + record.days
            )
        else:
            kept.append(record)
    return kept
