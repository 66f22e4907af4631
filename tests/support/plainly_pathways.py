"""Treatment pathways of one person, the slow and obvious way, written from the rules in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.studies import PathwayStudy


@dataclass(frozen=True)
class Record:
    """One stretch of days on a set of treatments."""

    start: int
    end: int
    treatments: frozenset[str]
    days: int = 0


def pathway_of(
    study: PathwayStudy,
    targets: list[tuple[int, int]],
    events: list[tuple[str, int, int]],
    exits: Sequence[tuple[str, int, int]] = (),
) -> list[list[tuple[str, int, int, int]]]:
    """The steps (event, start, end, days) of each episode of one person."""
    stays = sorted(set(targets))
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

    chosen = {
        (_kind(study, name, end - start), start, end)
        for name, start, end in events
        if end - start >= study.min_era_duration and is_inside(start)
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
    left = {(start, end, 1, name, end - start) for name, start, end in exits if is_inside(start)}
    ordered = sorted([*steps, *sorted(left)], key=lambda step: step[:3])
    return [(name, start, end, days) for start, end, _, name, days in ordered][
        : study.max_path_length
    ]


def _kind(study, name, days):
    if name not in study.split_event_cohorts:
        return name
    limit = study.split_time[study.split_event_cohorts.index(name)]
    return f"{name} (acute)" if days < limit else f"{name} (therapy)"


def _places(study):
    """Ties are broken by the order of the study's events."""
    names = []
    for event in study.events:
        names += [event.event, f"{event.event} (acute)", f"{event.event} (therapy)"]
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
