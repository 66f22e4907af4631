"""Reads what is published of the data: checks, and what is recorded of whom and when."""

import polars as pl

from dashboards.data.published import something, whole


def data_quality() -> pl.DataFrame:
    """One row for each check of the CDM, structural ones first, then the largest share."""
    rows = whole("data_quality")
    return something(rows, "No check of this CDM was published.").sort(
        pl.col("severity") != "structural", -pl.col("share").fill_null(-1.0), "check_id"
    )


def ohdsi_check() -> pl.DataFrame:
    """One row for each of OHDSI's checks that had something to look at; none in an empty CDM."""
    return whole("ohdsi_check").sort("check_id")


def recording_by_group() -> pl.DataFrame:
    """One row for each measure of recording, attribute and group of people."""
    rows = whole("recording_by_group")
    return something(rows, "Nobody is in this CDM of whom anything could be recorded.").sort(
        "section", "title", "attribute", "group_name"
    )


def recording_by_year() -> pl.DataFrame:
    """One row for each measure of recording and calendar year."""
    rows = whole("recording_by_year")
    return something(
        rows, "Nobody was observed for a year before a calendar year began, and in that year."
    ).sort("section", "title", "calendar_year")
