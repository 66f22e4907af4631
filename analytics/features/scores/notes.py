"""What a CDM cannot tell of the scores that were asked for, said of each by its name."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.analysis import Analysis
from analytics.features.prespecified.concept_members import members_of
from analytics.features.prespecified.tables import Cdm
from analytics.features.scores.catalogue import HOSPITAL, LACE, OF_INDEX_STAY
from analytics.features.scores.readmission import LOW_VALUES, laboratory_values
from analytics.features.settings.concept_sets import read_concept_set


def score_notes(cdm: Cdm, scores: Sequence[Analysis]) -> list[str]:
    """One sentence for each thing that is missing."""
    asked = {each.analysis_id for each in scores}
    notes = []
    if of_stay := [each.analysis_name for each in scores if each.analysis_id in OF_INDEX_STAY]:
        names = " and ".join(of_stay)
        notes.append(
            f"{names}: rows whose index day is not the last day of an inpatient stay have no score"
        )
        if not _has_emergencies(cdm):
            notes.append(
                f"{names}: no visit of this CDM is one to an emergency room or came from one, so "
                "no admission counts as urgent and no emergency visit is counted"
            )
    if LACE.analysis_id in asked:
        notes.append(
            "lace: moderate or severe renal disease (4 points) cannot be told from mild; all "
            "renal disease gives 2"
        )
    if HOSPITAL.analysis_id in asked:
        notes.append(
            "hospital: discharge from an oncology service (2 points) is not read from a CDM; no "
            "row has these points"
        )
        there = set(cdm.collect(laboratory_values(cdm).select("concept_id").unique())["concept_id"])
        notes += [
            f"hospital: this CDM has no {name} in a unit that is known; no row has its point"
            for concept_id, name in zip(LOW_VALUES, ("haemoglobin", "sodium"), strict=True)
            if concept_id not in there
        ]
    return notes


def _has_emergencies(cdm: Cdm) -> bool:
    emergencies = members_of(cdm, read_concept_set("emergency_visit"))
    visits = cdm.table("visit_occurrence")
    found = nw.concat(
        [
            visits.join(
                emergencies.select(nw.col("concept_id").alias(column)), on=column, how="semi"
            ).select(n_rows=nw.len())
            for column in ("visit_concept_id", "admitted_from_concept_id")
        ]
    )
    return bool(cdm.collect(found)["n_rows"].sum())
