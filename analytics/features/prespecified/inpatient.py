"""Records on a day of an inpatient stay, as FeatureExtraction's "primary inpatient" means it.

No condition type or status is read, and no link to a visit: the start day lies in any visit of
that person whose concept descends from one of four inpatient ones.
"""

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.tables import Cdm

# The four concepts that FeatureExtraction 3.14.0 names (DomainConcept.sql).
INPATIENT_VISITS = (9201, 38004311, 8920, 262)


def in_a_stay(cdm: Cdm, records: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (person_id, concept_id, day) of `records` inside an inpatient stay."""
    inpatient = (
        cdm.table("concept_ancestor")
        .filter(nw.col("ancestor_concept_id").is_in(INPATIENT_VISITS))
        .select(visit_concept_id=nw.col("descendant_concept_id"))
        .unique()
    )
    stays = (
        cdm.table("visit_occurrence")
        .join(inpatient, on="visit_concept_id", how="semi")
        .select("person_id", "visit_start_day", "visit_end_day")
    )
    return (
        records.join(stays, on="person_id", how="inner")
        .filter(
            nw.col("visit_start_day") <= nw.col("day"), nw.col("day") <= nw.col("visit_end_day")
        )
        .select("person_id", "concept_id", "day", end_day=nw.col("day"))
        .unique()
    )
