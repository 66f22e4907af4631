"""Reads what was done in the workspace, and when."""

from datetime import datetime

import polars as pl

from dashboards.data.published import NothingToShow, something, whole


def run_log() -> pl.DataFrame:
    """One row for each run and step, the newest first."""
    rows = something(whole("run_log"), "No run was logged.")
    return rows.sort("finished_at", "step_number", descending=True)


def withheld() -> dict[str, str]:
    """The studies whose results are withheld, and why, as the run log says; by name."""
    try:
        rows = whole("run_log").filter(pl.col("status") == "withheld").sort("study")
    except NothingToShow:
        return {}
    return dict(rows.select("study", "note").iter_rows())


def is_simulated() -> bool:
    """Whether the run log says that these people were simulated."""
    return any("simulat" in step.lower() for step in run_log()["step"].to_list())


def published_at() -> datetime | None:
    """When the last step of the published runs ended (UTC), or None where no run is logged."""
    ended = run_log()["finished_at"].max()
    return ended if isinstance(ended, datetime) else None
