"""Reads what is about single people, and what was exported of it."""

from pathlib import Path

import polars as pl

from analytics.exports import LogCheck, read_log, verify_log
from analytics.warehouse import Workspace
from analytics.warehouse.publishing import PEOPLE
from dashboards.data.published import served, something, whole


def risk_list(study: str) -> pl.DataFrame:
    """One row for each person and index date on the study's risk list, by rank. Person-level."""
    rows = whole("risk_list", file=PEOPLE).filter(pl.col("study") == study)
    return something(rows, f"Nobody is on the risk list of {study}.").sort("risk_rank")


def risk_list_studies() -> list[str]:
    """The studies that have a risk list, by name. Reads the people file."""
    return sorted(set(whole("risk_list", file=PEOPLE)["study"].to_list()))


def export_log() -> pl.DataFrame:
    """One row for each export made from this workspace, the newest first."""
    return read_log(exports_folder() / "log.jsonl")


def export_log_check() -> LogCheck:
    """Whether the log of exports is whole."""
    return verify_log(exports_folder() / "log.jsonl")


def workspace() -> Workspace:
    """The workspace beside whose other folders the published runs lie."""
    return Workspace(root=served().published.resolve().parent)


def exports_folder() -> Path:
    """Where exports of this workspace and their log lie."""
    return workspace().exports
