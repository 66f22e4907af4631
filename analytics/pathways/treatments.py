"""What a person is on at one time, as one whole number: a bit for each event, so a set of events.

A combination of A and B is the union of the two, whichever came first; A with A+B is A+B.
"""

from collections.abc import Sequence

import polars as pl

from analytics.errors import BadInputError, near_miss

MOST_EVENTS = 62


def number_treatments(events: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """One row for each row of `events`, its `event` replaced by the set `treatments`.

    `names` are all events of the study, in its order; an event that is not among them is an error.
    """
    if len(names) > MOST_EVENTS:
        raise BadInputError(
            f"{len(names)} events (acute and therapy count apart) are more than the {MOST_EVENTS} "
            "that one pathway study can tell apart. Join some of them into one concept set."
        )
    for unknown in events.filter(~pl.col("event").is_in(list(names)))["event"].head(1):
        raise BadInputError(
            f"events hold '{unknown}', which is not an event of the study."
            f"{near_miss(str(unknown), names)} Its events are {', '.join(names)}."
        )
    bit = {name: 1 << place for place, name in enumerate(names)}
    return events.select(
        pl.col("event").replace_strict(bit, return_dtype=pl.Int64).alias("treatments"),
        pl.exclude("event"),
    )


def name_treatments(steps: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """One row for each row of `steps`, with `event`: the names of its set, alphabetical, by `+`."""
    sets = steps["treatments"].unique()
    called = [
        "+".join(sorted(name for place, name in enumerate(names) if one >> place & 1))
        for one in sets
    ]
    event = pl.DataFrame({"treatments": sets, "event": pl.Series(called, dtype=pl.String)})
    return steps.join(event, on="treatments", how="left", maintain_order="left")
