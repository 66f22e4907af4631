"""Lines of treatment of one person, the slow and obvious way, written from the definitions.

Persistence and days covered go day by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Step = tuple[str, int, int, int]  # event, start, end, days
Record = tuple[str, int, int]  # event, start, end


@dataclass(frozen=True, kw_only=True)
class PlainLine:
    """A line of treatment: what it is, what follows, how long the person is on it."""

    number: int
    event: str
    start: int
    what_follows: str
    days_to_next: int | None
    on_until: int
    covered: float


def lines_of(
    steps: Sequence[Step],
    records: Sequence[Record],
    *,
    exits: Sequence[str],
    gap: int,
    followed_until: int,
    most: int,
    longest: int,
) -> list[PlainLine]:
    """The first `most` lines among the first `longest` steps; `steps` go on beyond these."""
    treated = [(place, step) for place, step in enumerate(steps, 1) if step[0] not in exits]
    left = [place for place, step in enumerate(steps, 1) if step[0] in exits]
    found = []
    for number, (place, (event, start, end, _)) in enumerate(treated, 1):
        if number > most or place > longest:
            break
        later = treated[number][1] if number < len(treated) else None
        before = {step[0] for _, step in treated[:number]}
        found.append(
            PlainLine(
                number=number,
                event=event,
                start=start,
                what_follows=_follows(
                    event,
                    later,
                    before,
                    is_left=max(left, default=0) > place,
                    is_seen_off=followed_until - end > gap,
                ),
                days_to_next=later[1] - start if later else None,
                on_until=min(_last_day(part, start, records, gap) for part in event.split("+")),
                covered=_covered(event.split("+"), start, followed_until, records),
            )
        )
    return found


def _follows(event, later, before, *, is_left, is_seen_off):
    if later is None:
        return "leaves" if is_left else "stops" if is_seen_off else "goes on"
    now, then = set(event.split("+")), set(later[0].split("+"))
    if now != then and now.issubset(then):
        return "adds"
    if now != then and then.issubset(now):
        return "reduces"
    return "restarts" if later[0] in before else "switches"


def _last_day(part, day, records, gap):
    """The last day of the era of the part that holds the day, or the day itself."""
    eras: list[list[int]] = []
    for start, end in sorted((start, end) for event, start, end in records if event == part):
        if eras and start - eras[-1][1] <= gap:
            eras[-1][1] = max(eras[-1][1], end)
        else:
            eras.append([start, end])
    return next((end for start, end in eras if start <= day <= end), day)


def _covered(parts, start, followed_until, records):
    last = max(start, min(start + 364, followed_until))
    days = range(start, last + 1)
    taken = {
        part: {
            day for event, first, end in records if event == part for day in range(first, end + 1)
        }
        for part in parts
    }
    return sum(all(day in taken[part] for part in parts) for day in days) / len(days)
