"""The domains of events: which table each reads, what it can tell, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from analytics.studies.study import Domain as StudyDomain

Domain: TypeAlias = Literal[StudyDomain, "condition_era", "drug_era", "cohort"]


@dataclass(frozen=True, kw_only=True)
class EventDomain:
    """A kind of event: its table in the CDM, whether it lasts, and what is said of it.

    `happened` says in words what one event is, `times` what is counted.
    """

    table: str
    happened: str
    times: str
    lasts: bool = False
    has_values: bool = False
    has_ranges: bool = False


EVENT_DOMAINS: Mapping[str, EventDomain] = {
    "condition": EventDomain(
        table="condition_occurrence", happened="recorded", times="times recorded"
    ),
    "drug": EventDomain(
        table="drug_exposure",
        happened="prescribed or given",
        times="times prescribed or given",
    ),
    "procedure": EventDomain(table="procedure_occurrence", happened="done", times="times done"),
    "measurement": EventDomain(
        table="measurement",
        happened="measured",
        times="times measured",
        has_values=True,
        has_ranges=True,
    ),
    "observation": EventDomain(
        table="observation", happened="recorded", times="times recorded", has_values=True
    ),
    "device": EventDomain(table="device_exposure", happened="used", times="times used"),
    "visit": EventDomain(
        table="visit_occurrence", happened="visited", times="visits begun", lasts=True
    ),
    "condition_era": EventDomain(
        table="condition_era", happened="had an era", times="eras begun", lasts=True
    ),
    "drug_era": EventDomain(
        table="drug_era", happened="had an era", times="eras begun", lasts=True
    ),
    "cohort": EventDomain(table="cohort", happened="entered", times="times entered", lasts=True),
}
