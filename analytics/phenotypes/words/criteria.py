"""A criterion in one sentence."""

from analytics.phenotypes.expression import (
    CorrelatedCriterion,
    Criterion,
    DemographicCriterion,
    EventCriterion,
)
from analytics.phenotypes.words.attributes import attribute_words
from analytics.phenotypes.words.values import ConceptSets, telling_name
from analytics.phenotypes.words.windows import occurrence_words, timing_words

NOUNS = {
    "ConditionEra": ("condition era", "condition eras", "any condition"),
    "ConditionOccurrence": ("condition", "conditions", "any kind"),
    "Death": ("death", "deaths", "any cause"),
    "DeviceExposure": ("device exposure", "device exposures", "any device"),
    "DoseEra": ("dose era", "dose eras", "any drug"),
    "DrugEra": ("drug era", "drug eras", "any drug"),
    "DrugExposure": ("drug exposure", "drug exposures", "any drug"),
    "LocationRegion": ("residence", "residences", "any region"),
    "Measurement": ("measurement", "measurements", "any kind"),
    "Observation": ("observation", "observations", "any kind"),
    "ObservationPeriod": ("observation period", "observation periods", ""),
    "PayerPlanPeriod": ("payer plan period", "payer plan periods", ""),
    "ProcedureOccurrence": ("procedure", "procedures", "any kind"),
    "Specimen": ("specimen", "specimens", "any kind"),
    "VisitDetail": ("visit detail", "visit details", "any kind"),
    "VisitOccurrence": ("visit", "visits", "any kind"),
}
"""For each kind of criterion: one, several, and of what, where no concept set is named."""
ENTRY = "the entry event"


def criterion_words(
    criterion: Criterion, concept_sets: ConceptSets, *, several: bool = True
) -> str:
    """`conditions of 'Heart failure', for the first time in the person's history, …`.

    What must be true around the event (`correlated_criteria`) is not in it: `group_words` says it.
    """
    words = [_head(criterion, concept_sets, several)]
    if getattr(criterion, "first_only", False):
        words.append("for the first time in the person's history")
    return ", ".join(words + attribute_words(criterion, concept_sets))


def correlated_words(
    correlated: CorrelatedCriterion, concept_sets: ConceptSets, index: str = ENTRY
) -> str:
    """`at least 1 condition of 'Heart failure', starting in the 30 days after the entry event`."""
    often = occurrence_words(correlated.occurrence)
    several = correlated.occurrence.count != 1 or correlated.occurrence.is_distinct
    words = [f"{often} {criterion_words(correlated.criterion, concept_sets, several=several)}"]
    return ", ".join(words + timing_words(correlated, index))


def demographic_words(criterion: DemographicCriterion, concept_sets: ConceptSets) -> str:
    """`a person at an age at least 18; …`: who the person is at the event."""
    phrases = attribute_words(criterion, concept_sets)
    return f"a person {', '.join(phrases)}" if phrases else "any person"


def index_words(criterion: EventCriterion, concept_sets: ConceptSets) -> str:
    """How the criteria around an event refer to it: `that visit of 'Inpatient visit'`."""
    one, _, _ = NOUNS[criterion.kind]
    return f"that {one}{_of_concept_set(criterion, concept_sets)}"


def _head(criterion: EventCriterion, concept_sets: ConceptSets, several: bool) -> str:
    one, many, anything = NOUNS[criterion.kind]
    of_anything = f" of {anything}" if anything else ""
    return (many if several else one) + (_of_concept_set(criterion, concept_sets) or of_anything)


def _of_concept_set(criterion: EventCriterion, concept_sets: ConceptSets) -> str:
    concept_set_id: int | None = getattr(criterion, "concept_set_id", None)
    if concept_set_id is None:
        return ""
    return f" of '{telling_name(concept_set_id, concept_sets)}'"
