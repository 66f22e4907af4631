"""What an audit of a study cannot see, given how the study's outcome comes to be seen.

An audit compares risks with outcomes. Where both pass through the same hands (somebody diagnoses,
somebody writes it down), a group that is recorded less often lacks both, and the two agree.
"""

from dataclasses import dataclass
from typing import Literal

OutcomeSeenAs = Literal["visit", "diagnosis", "death", "measurement"]


@dataclass(frozen=True, kw_only=True)
class BlindSpot:
    """In words, and whether a group's under-recording is hidden from the audit."""

    words: str
    hides_under_recording: bool


def blind_spot(outcome_seen_as: OutcomeSeenAs | None) -> BlindSpot:
    """What the audit cannot see; None where the study does not say how its outcome is seen."""
    if outcome_seen_as is None:
        return BlindSpot(words=_NOT_SAID, hides_under_recording=True)
    return BlindSpot(
        words=_WORDS[outcome_seen_as],
        hides_under_recording=outcome_seen_as in ("diagnosis", "measurement"),
    )


_SHOWS = (
    "Where a group's diagnoses are recorded less often, its risks come out too low while its "
    "outcomes are all there: that shows here as more outcomes than expected (observed to expected "
    "above 1) and a lower true positive rate."
)
_EITHER = (
    "Fewer outcomes than expected in a group (observed to expected below 1) may mean that its "
    "risks are too high, or that its outcomes are recorded less often: this audit cannot tell the "
    "one from the other."
)
_WORDS: dict[OutcomeSeenAs, str] = {
    "visit": (
        "This outcome is a visit: it is seen whether or not anybody writes down a diagnosis. "
        f"{_SHOWS} What this audit cannot see: people who cannot get to care have no visit, "
        "however ill they are."
    ),
    "diagnosis": (
        "This outcome is a diagnosis: it is seen only where somebody wrote it down. If a group's "
        "diagnoses are recorded less often, its outcomes are missed in the same way as its risks, "
        "and this audit cannot see it. That no disparity is found here does not speak against it. "
        f"{_EITHER} "
        "Hold the outcome against something that goes another way: a laboratory value, a "
        "medicine, a death, or a look into the records themselves."
    ),
    "death": (
        "This outcome is a death: it is seen whatever was written down before. "
        f"{_SHOWS} What this audit cannot see: deaths that never reach these records, if they are "
        "more in one group than in another."
    ),
    "measurement": (
        "This outcome is a measured value: it is seen only in people who are measured. If a group "
        "is measured less often, its outcomes are missed in the same way as its risks, and this "
        "audit cannot see it. That no disparity is found here does not speak against it. "
        f"{_EITHER} Compare how often the groups are measured at all."
    ),
}
_NOT_SAID = (
    "The study does not say how its outcome is seen (`outcome_seen_as`). If it passes through the "
    "same records as the facts that the model learns from, a group that is recorded less often is "
    "missed in both, and this audit cannot see it."
)
