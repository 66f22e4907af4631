"""The stay that ends on the index day, which LACE and HOSPITAL are about.

A stay is a visit of the concept set `inpatient_visit`, an emergency visit one of `emergency_visit`
(a visit of both is an admission by way of the emergency room). Of several stays that end on the
index day, admission is the earliest start.
"""

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.concept_members import members_of
from analytics.features.prespecified.tables import Cdm
from analytics.features.settings.concept_sets import read_concept_set

DAYS_BEFORE_ADMISSION = 1  # an emergency visit that ends then led to the admission


def visits_read(cdm: Cdm, rows: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each index date and visit of its person that began by the index day.

    `days` and `end_days` are relative to index; `is_stay` and `is_emergency` say which kind.
    """
    stays, emergencies, admitting = (
        members_of(cdm, read_concept_set(name)).select(
            concept_id=nw.col("concept_id"), kind=nw.lit(1)
        )
        for name in ("inpatient_visit", "emergency_visit", "emergency_visit")
    )
    visits = cdm.table("visit_occurrence").select(
        "person_id",
        concept_id=nw.col("visit_concept_id"),
        admitted_from=nw.col("admitted_from_concept_id"),
        day=nw.col("visit_start_day"),
        end_day=nw.col("visit_end_day"),
    )
    return (
        visits.join(rows, on="person_id", how="inner")
        .with_columns(
            days=nw.col("day") - nw.col("index_day"),
            end_days=nw.col("end_day") - nw.col("index_day"),
        )
        .filter(nw.col("days") <= 0)
        .join(stays.select("concept_id", is_stay=nw.col("kind")), on="concept_id", how="left")
        .join(
            emergencies.select("concept_id", is_emergency=nw.col("kind")),
            on="concept_id",
            how="left",
        )
        .join(
            admitting.select(admitted_from=nw.col("concept_id"), from_emergency=nw.col("kind")),
            on="admitted_from",
            how="left",
        )
        .select(
            "row_id",
            "days",
            "end_days",
            *(nw.col(name).fill_null(0) for name in ("is_stay", "is_emergency", "from_emergency")),
        )
    )


def index_stays(visits: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row_id whose index day is the last of a stay.

    `admission` is its first day relative to index, `is_urgent` 1 where it came about through an
    emergency visit, `n_emergencies` and `n_stays` count visits before it, in 180 and 365 days.
    """
    ending = (
        visits.filter(nw.col("is_stay") == 1, nw.col("end_days") == 0)
        .group_by("row_id")
        .agg(admission=nw.col("days").min())
    )
    relative = visits.join(ending, on="row_id", how="inner").with_columns(
        before=nw.col("admission") - nw.col("days"),
        ended_before=nw.col("admission") - nw.col("end_days"),
    )
    begins, touches = nw.col("before"), nw.col("ended_before") <= DAYS_BEFORE_ADMISSION
    is_index = (nw.col("is_stay") == 1) & (begins == 0)
    is_emergency, is_stay = nw.col("is_emergency") == 1, nw.col("is_stay") == 1
    led_here = is_emergency & ~is_stay & (begins >= 0) & touches
    through = is_index & (is_emergency | (nw.col("from_emergency") == 1))
    earlier = is_emergency & (begins >= 1) & (begins <= 180) & ~led_here
    return relative.group_by("row_id").agg(
        admission=nw.col("admission").max(),
        is_urgent=_one_if(led_here | through).max(),
        n_emergencies=_one_if(earlier).sum(),
        n_stays=_one_if(is_stay & (begins >= 1) & (begins <= 365)).sum(),
    )


def _one_if(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
