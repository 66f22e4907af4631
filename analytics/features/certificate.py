"""The leakage certificate: what was read for each analysis, and the latest day of it.

It is computed from the rows that were read, after the filter that keeps later ones out, and knows
nothing of that filter. A CDM has no dates on which a fact became known: days are start days.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import narwhals as nw
import polars as pl

from analytics.errors import RunFailedError
from analytics.features.lazy_frames import AnyLazyFrame

CERTIFICATE_COLUMNS = {
    "analysis_id": pl.Int64,
    "analysis_name": pl.String,
    "n_rows_read": pl.Int64,
    "latest_day": pl.Int32,
    "last_day_allowed": pl.Int32,
    "is_day_0_asked_for": pl.Boolean,
}
READ_COLUMNS = ("analysis_id", "n_rows_read", "latest_day")
MOST_SHOWN = 10


class Certified(Protocol):
    """An analysis that a certificate speaks of."""

    @property
    def analysis_id(self) -> int:
        """Its id."""
        ...

    @property
    def analysis_name(self) -> str:
        """Its name."""
        ...


def rows_read(
    read: AnyLazyFrame, reached: Mapping[int, tuple[str, nw.Expr | None]], *, day: str = "days"
) -> AnyLazyFrame:
    """One row: for each analysis, how many rows of `read` its window reaches, and their latest day.

    `reached` gives for each analysis id a name of its window and whether a row lies in it (None:
    each does). Columns are `n_<id>` and `latest_<id>`; a window is counted once.
    """
    counted: dict[str, nw.Expr] = {}
    for window, lies_in_it in reached.values():
        in_window = nw.col(day) if lies_in_it is None else nw.when(lies_in_it).then(nw.col(day))
        counted[f"n_{window}"] = in_window.count()
        counted[f"latest_{window}"] = in_window.max()
    return read.select(**counted).select(
        **{
            f"{what}_{analysis_id}": nw.col(f"{what}_{window}")
            for analysis_id, (window, _) in reached.items()
            for what in ("n", "latest")
        }
    )


def in_rows(wide: pl.DataFrame) -> pl.DataFrame:
    """One row for each analysis of what `rows_read` gave: `READ_COLUMNS`."""
    ids = [int(name.removeprefix("n_")) for name in wide.columns if name.startswith("n_")]
    return pl.DataFrame(
        [(number, wide[f"n_{number}"][0] or 0, wide[f"latest_{number}"][0]) for number in ids],
        schema={name: CERTIFICATE_COLUMNS[name] for name in READ_COLUMNS},
        orient="row",
    )


def certify(
    read: pl.DataFrame, analyses: Sequence[Certified], last_days: Mapping[int, int | None]
) -> pl.DataFrame:
    """One row for each analysis: rows read, their latest day, and the last day allowed.

    `last_days` gives the last day allowed by analysis id; None where the analysis looks past index
    by its definition. Day 0 counts as asked for where it is allowed.
    """
    totals = read.group_by("analysis_id").agg(
        pl.col("n_rows_read").sum(), pl.col("latest_day").max()
    )
    asked = pl.DataFrame(
        [
            (each.analysis_id, each.analysis_name, last, last is None or last >= 0)
            for each in analyses
            for last in (last_days[each.analysis_id],)
        ],
        schema={
            name: kind for name, kind in CERTIFICATE_COLUMNS.items() if name not in READ_COLUMNS[1:]
        },
        orient="row",
    )
    return (
        asked.join(totals, on="analysis_id", how="left", maintain_order="left")
        .with_columns(pl.col("n_rows_read").fill_null(0))
        .select(pl.col(name).cast(kind) for name, kind in CERTIFICATE_COLUMNS.items())
    )


def check_certificate(certificate: pl.DataFrame) -> None:
    """Raise `RunFailedError` where a row after the last day allowed was read for an analysis."""
    leaking = certificate.filter(pl.col("latest_day") > pl.col("last_day_allowed"))
    if leaking.is_empty():
        return
    told = [
        f"{name} (analysis {number}) read a row of day {latest}; the last day allowed is {last}"
        for number, name, latest, last in leaking.select(
            "analysis_id", "analysis_name", "latest_day", "last_day_allowed"
        )
        .head(MOST_SHOWN)
        .iter_rows()
    ]
    more = f"; and {leaking.height - MOST_SHOWN} more" if leaking.height > MOST_SHOWN else ""
    raise RunFailedError(
        f"covariates know the future: {'; '.join(told)}{more} (days relative to index). Nothing "
        "was kept. Look at relative_to_index in analytics/features/prespecified/events.py."
    )


def notes_on_days(certificate: pl.DataFrame) -> tuple[str, ...]:
    """What was asked for that prediction does not know, in words: day 0 or later, by name.

    Only analyses for which rows were read are named.
    """
    notes = []
    last_day = pl.col("last_day_allowed")
    for asked, said in (
        (last_day.is_null(), "tell what comes after the index date"),
        (last_day > 0, "read up to a day after the index date"),
        (last_day == 0, "read up to the index day (day 0)"),
    ):
        named = certificate.filter(asked, pl.col("n_rows_read") > 0)
        names = named["analysis_name"].to_list()
        if names:
            more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
            notes.append(f"{', '.join(names[:MOST_SHOWN])}{more} {said}, as was asked for.")
    return tuple(notes)
