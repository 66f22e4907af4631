"""Reads what is published of treatment pathways and lines of therapy."""

from collections.abc import Mapping, Sequence

import polars as pl

from dashboards.data.published import of_study, something, whole
from dashboards.palette import OTHERS


def treatment_pathway(study: str) -> pl.DataFrame:
    """One row for each pathway of the study, the most common first."""
    rows = of_study("treatment_pathway", study)
    return rows.sort("n_people", "pathway", descending=[True, False], nulls_last=True)


def treatment_pathway_by_group(study: str) -> pl.DataFrame:
    """One row for each attribute, group and one of the study's commonest pathways.

    Also where all of them are withheld: the paths of everyone may be told all the same.
    """
    rows = whole("treatment_pathway_by_group").filter(pl.col("study") == study)
    return something(rows, f"The paths of {study} by group were not published.").sort(
        *("attribute", "group_name", "n_people", "pathway"),
        descending=[False, False, True, False],
        nulls_last=True,
    )


def treatment_line(study: str) -> pl.DataFrame:
    """One row for each line of therapy, treatment and what follows it, most people first."""
    return _most_people_first(of_study("treatment_line", study), "n_people")


def treatment_duration(study: str) -> pl.DataFrame:
    """One row for each measure of days, line of therapy and treatment, most people first."""
    rows = _most_people_first(of_study("treatment_duration", study), "n_people")
    return rows.sort("measure", maintain_order=True)


def treatment_persistence(study: str) -> pl.DataFrame:
    """One row for each line of therapy, treatment and day after its start."""
    return of_study("treatment_persistence", study).sort(
        "line_number", "treatment", "days_after_start"
    )


def treatment_days_covered(study: str) -> pl.DataFrame:
    """One row for each line of therapy and treatment whose covered days are counted."""
    return _most_people_first(of_study("treatment_days_covered", study), "n_people")


def pathway_event(study: str) -> pl.DataFrame:
    """One row for each event of the study, in its order: where its records came from."""
    rows = whole("pathway_event").filter(pl.col("study") == study)
    return something(rows, f"Where the events of {study} came from was not published.").sort(
        "event_number"
    )


def events_by_study() -> Mapping[str, Sequence[str]]:
    """The events of every pathway study: those it names, and those on its paths."""
    named = whole("pathway_event").select("study", "event")
    on_paths = whole("treatment_pathway").select(
        "study", event=pl.col("pathway").str.split("-").list.eval(pl.element().str.split("+"))
    )
    found = pl.concat([named, on_paths.explode("event").explode("event")]).unique()
    kept = found.filter(~pl.col("event").is_in([*OTHERS, "None"])).sort("study", "event")
    return dict(kept.group_by("study", maintain_order=True).agg("event").iter_rows())


def _most_people_first(rows: pl.DataFrame, counted: str) -> pl.DataFrame:
    return rows.sort(
        *("line_number", counted, "treatment"),
        descending=[False, True, False],
        nulls_last=True,
    )
