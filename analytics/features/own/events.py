"""The events that analyses of one's own settings read: from a CDM's own table, chosen, rolled up.

Concepts are chosen as they are recorded, before they are rolled up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from analytics.contracts.units import UnitContracts
from analytics.features.analysis import Analysis
from analytics.features.concept_choice import (
    ConceptChoice,
    RollUp,
)
from analytics.features.definition import AnyLazyFrame
from analytics.features.domains import EVENT_DOMAINS
from analytics.features.measures import UNSTRATIFIED
from analytics.features.own.vocabulary import groups_to_lift
from analytics.features.prespecified.concept_members import choose_concepts
from analytics.features.prespecified.tables import EVENT_TABLES, Cdm, as_day
from analytics.features.units import conversion_frame, harmonise_values


@dataclass(frozen=True, kw_only=True)
class EventSource:
    """What analyses have in common that read the same events."""

    domain: str
    concepts: ConceptChoice | None
    roll_up: RollUp | None
    is_by_concept: bool

    @classmethod
    def of(cls, analysis: Analysis) -> "EventSource":
        """Where the analysis has its events from; to be counted, concepts are told apart."""
        return cls(
            domain=analysis.domain,
            concepts=analysis.concepts,
            roll_up=analysis.roll_up,
            is_by_concept=analysis.is_by_concept or analysis.measure == "distinct_concepts",
        )


def by_source(analyses: Sequence[Analysis]) -> dict[EventSource, list[Analysis]]:
    """The analyses, by where they have their events from."""
    found: dict[EventSource, list[Analysis]] = {}
    for analysis in analyses:
        found.setdefault(EventSource.of(analysis), []).append(analysis)
    return found


def read_events(
    cdm: Cdm, source: EventSource, *, units: UnitContracts | None = None
) -> AnyLazyFrame:
    """One row for each event, and for each group of it where concepts are rolled up.

    Columns are `EVENT_COLUMNS`, `RANGE_COLUMNS` and `answer`. With `units`, values are in the one
    unit of the concept they were recorded under; normal ranges stay as recorded.
    """
    events = recorded_events(cdm, source.domain)
    if units is not None:
        events = harmonise_values(events, cdm.lift(conversion_frame(units)))
    events = choose_concepts(cdm, events, source.concepts)
    if source.roll_up:
        events = (
            events.join(groups_to_lift(cdm, source.roll_up), on="concept_id", how="inner")
            .with_columns(concept_id=nw.col("group_id"))
            .drop("group_id")
        )
    if not source.is_by_concept:
        known = events.filter(nw.col("concept_id") != 0)
        events = known.with_columns(concept_id=nw.lit(UNSTRATIFIED, nw.Int64))
    return events


def recorded_events(cdm: Cdm, domain: str) -> AnyLazyFrame:
    """One row for each record of the domain's table that has a start."""
    if domain == "cohort":
        return _cohorts(cdm)
    of_domain = EVENT_DOMAINS[domain]
    event = EVENT_TABLES[of_domain.table]
    no_number, no_id = nw.lit(None, nw.Float64), nw.lit(None, nw.Int64)
    start = nw.col(as_day(event.start))
    value = nw.col("value_as_number") if of_domain.has_values else no_number
    return (
        cdm.table(of_domain.table)
        .filter(~start.is_null())
        .select(
            "person_id",
            event_id=nw.col(event.key).fill_null(0),
            concept_id=nw.col(event.concept),
            day=start,
            end_day=nw.col(as_day(event.end)) if event.end else start,
            value=value,
            recorded_value=value,
            normal_low=nw.col("range_low") if of_domain.has_ranges else no_number,
            normal_high=nw.col("range_high") if of_domain.has_ranges else no_number,
            unit_concept_id=nw.col("unit_concept_id") if of_domain.has_values else no_id,
            answer=nw.col("value_as_concept_id") if of_domain.has_values else no_id,
        )
    )


def _cohorts(cdm: Cdm) -> AnyLazyFrame:
    no_number = nw.lit(None, nw.Float64)
    start, end = nw.col("cohort_start_day"), nw.col("cohort_end_day")
    return (
        cdm.table("cohort")
        .filter(~start.is_null())
        .select(
            person_id=nw.col("subject_id"),
            event_id=nw.lit(0, nw.Int64),
            concept_id=nw.col("cohort_definition_id"),
            day=start,
            end_day=end,
            value=no_number,
            recorded_value=no_number,
            normal_low=no_number,
            normal_high=no_number,
            unit_concept_id=nw.lit(None, nw.Int64),
            answer=nw.lit(None, nw.Int64),
        )
    )
