"""Reads a mart of what was published last, and says in a sentence why there is nothing to show.

What was read is kept until the pointer names another run. The people file is opened only where
a page asks for it, and never where the dashboard serves aggregates only.
"""

import sys
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

from analytics.settings import current_settings
from analytics.warehouse import published_folder
from analytics.warehouse.publishing import AGGREGATES, PEOPLE, POINTER
from dashboards.serve import Served, read_arguments

SHOWN_OF = {
    "study_attrition": "n_people",
    "population_profile": "n_people",
    "cohort_characteristic": "share",
    "model_performance": "value",
    "calibration": "outcome_rate",
    "decision_curve": "net_benefit",
    "covariate_importance": "mean_absolute_contribution",
    "fairness_audit": "value",
    "treatment_pathway": "n_people",
    "treatment_line": "n_people",
    "treatment_duration": "days_median",
    "treatment_persistence": "share_persistent",
    "treatment_days_covered": "share_well_covered",
}
"""What a mart has to show: it has nothing where all of this column is withheld."""


class NothingToShow(Exception):  # noqa: N818 - a state of a page, not an error
    """There is nothing to show, and this is why: a sentence for the screen.

    `study` is set where a study has results and all of them are withheld.
    """

    def __init__(self, sentence: str, *, study: str | None = None) -> None:
        super().__init__(sentence)
        self.study = study


def served() -> Served:
    """What this dashboard serves, from its command line."""
    return read_arguments(sys.argv[1:])


def studies(mart: str) -> list[str]:
    """The studies that have rows in a mart, by name."""
    return sorted({name for name in whole(mart)["study"].to_list() if name})


def of_study(mart: str, study: str) -> pl.DataFrame:
    """One row for each row of the mart that is about the study, if there is any to show."""
    rows = something(
        whole(mart).filter(pl.col("study") == study),
        f"The study {study} has no rows in `{mart}`: that step was not run for it.",
    )
    if rows["is_suppressed"].any() and rows[SHOWN_OF[mart]].is_null().all():
        smallest = current_settings().smallest_cell
        raise NothingToShow(
            "Everything here is suppressed: each number rests on a count of fewer than "
            f"{smallest} people, or would reveal one.",
            study=study,
        )
    return rows


def something(rows: pl.DataFrame, otherwise: str) -> pl.DataFrame:
    """One row for each row given; raises NothingToShow with the sentence where there is none."""
    if rows.is_empty():
        raise NothingToShow(otherwise)
    return rows


def whole(mart: str, *, file: str = AGGREGATES) -> pl.DataFrame:
    """One row for each row of the mart, as it was published last."""
    root = served().published
    pointer = root / POINTER
    if not pointer.is_file():
        raise NothingToShow(
            f"Nothing has been published in {root} yet. Run a study first: "
            "`catchment run STUDY`, or see it all with `make demo`."
        )
    if file == PEOPLE and not served().shows_people:
        raise NothingToShow(
            "This dashboard serves aggregates only; it never opens the people file."
        )
    return _read(str(published_folder(root) / file), mart, pointer.stat().st_mtime_ns)


@st.cache_data(show_spinner=False, max_entries=64)
def _read(file: str, mart: str, pointed_at: int) -> pl.DataFrame:
    """A mart as it lies in the file; `pointed_at` is only there to be part of the cache's key."""
    if not Path(file).is_file():
        raise NothingToShow(f"The published run is incomplete: {Path(file).name} is missing.")
    with duckdb.connect(file, read_only=True) as connection:
        found = connection.execute(
            "select count(*) from information_schema.tables where table_name = ?", [mart]
        ).fetchall()
        if not found[0][0]:
            raise NothingToShow(f"The mart `{mart}` is missing from what was published.")
        rows = pl.from_arrow(connection.sql(f'select * from "{mart}"').to_arrow_table())
    assert isinstance(rows, pl.DataFrame)
    return rows
