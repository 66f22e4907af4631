"""The care site at index: of the visit detail, else of the visit, else of the person.

Visits and details that cover the index day are paired by person and date alone. The pair that ends
first decides (details before visits), also where it names no care site and the person's counts.
"""

import narwhals as nw

from analytics.features.certificate import rows_read
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import with_id
from analytics.features.prespecified.ids import plain_id
from analytics.features.prespecified.tables import Cdm

NEVER = 2**31 - 1  # sorts after every day


def care_site_at_index(
    cdm: Cdm, rows: AnyLazyFrame, analysis: PrespecifiedAnalysis
) -> AnyLazyFrame:
    """One row for each row_id whose person, visit or visit detail has a care site."""
    people = rows.join(
        cdm.table("person").select("person_id", person_site=nw.col("care_site_id")),
        on="person_id",
        how="inner",
    ).select("row_id", "person_site")
    pairs = (
        people.join(_sites(cdm, rows, "visit_occurrence", "visit"), on="row_id", how="left")
        .join(_sites(cdm, rows, "visit_detail", "visit_detail"), on="row_id", how="left")
        .with_columns(
            care_site_id=nw.coalesce("visit_detail_site", "visit_site", "person_site"),
            detail_end=nw.col("visit_detail_end").fill_null(NEVER),
            visit_end=nw.col("visit_end").fill_null(NEVER),
        )
        .filter(~nw.col("care_site_id").is_null())
    )
    first = pairs
    for end in ("detail_end", "visit_end", "care_site_id"):
        first = first.with_columns(first_end=nw.col(end).min().over("row_id")).filter(
            nw.col(end) == nw.col("first_end")
        )
    analysis_id = nw.lit(analysis.analysis_id, nw.Int64)
    return with_id(
        first.select("row_id", "care_site_id")
        .unique()
        .with_columns(covariate_value=nw.lit(1.0), analysis_id=analysis_id),
        plain_id(nw.col("care_site_id"), analysis_id),
    )


def visits_read(cdm: Cdm, rows: AnyLazyFrame, analysis: PrespecifiedAnalysis) -> AnyLazyFrame:
    """One row: how many visits and visit details on the index day were read, the latest start."""
    both = nw.concat(
        [
            _covering(cdm, rows, table, stem).select(
                days=nw.col(f"{stem}_start_day") - nw.col("index_day")
            )
            for table, stem in (("visit_occurrence", "visit"), ("visit_detail", "visit_detail"))
        ]
    )
    return rows_read(both, {analysis.analysis_id: ("index_day", None)})


def _sites(cdm: Cdm, rows: AnyLazyFrame, table: str, stem: str) -> AnyLazyFrame:
    """One row for each row_id and visit of its person on the index day: its site and its end."""
    return _covering(cdm, rows, table, stem).select(
        "row_id",
        nw.col("care_site_id").alias(f"{stem}_site"),
        nw.col(f"{stem}_end_day").alias(f"{stem}_end"),
    )


def _covering(cdm: Cdm, rows: AnyLazyFrame, table: str, stem: str) -> AnyLazyFrame:
    """One row for each row_id and visit of its person on the index day."""
    return rows.join(
        cdm.table(table).select(
            "person_id", "care_site_id", f"{stem}_start_day", f"{stem}_end_day"
        ),
        on="person_id",
        how="inner",
    ).filter(
        nw.col(f"{stem}_start_day") <= nw.col("index_day"),
        nw.col("index_day") <= nw.col(f"{stem}_end_day"),
    )
