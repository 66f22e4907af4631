"""Concepts and concept sets as an expression carries them."""

from typing import Annotated, ClassVar

from pydantic import model_validator

from analytics.phenotypes.expression.part import CircePart, circe
from analytics.phenotypes.expression.scalars import Flag, Id, Text


class Concept(CircePart):
    """One entry of the vocabulary; only `concept_id` decides who is in a cohort."""

    concept_id: Annotated[Id, circe("CONCEPT_ID")]
    concept_name: Annotated[Text | None, circe("CONCEPT_NAME")] = None
    standard_concept: Annotated[Text | None, circe("STANDARD_CONCEPT")] = None
    standard_concept_caption: Annotated[Text | None, circe("STANDARD_CONCEPT_CAPTION")] = None
    invalid_reason: Annotated[Text | None, circe("INVALID_REASON")] = None
    invalid_reason_caption: Annotated[Text | None, circe("INVALID_REASON_CAPTION")] = None
    concept_code: Annotated[Text | None, circe("CONCEPT_CODE")] = None
    domain_id: Annotated[Text | None, circe("DOMAIN_ID")] = None
    vocabulary_id: Annotated[Text | None, circe("VOCABULARY_ID")] = None
    concept_class_id: Annotated[Text | None, circe("CONCEPT_CLASS_ID")] = None

    shown_by_atlas: ClassVar[frozenset[str]] = frozenset(
        {
            "VALID_START_DATE",
            "VALID_END_DATE",
            "RECORD_COUNT",
            "DESCENDANT_RECORD_COUNT",
            "PERSON_COUNT",
            "DESCENDANT_PERSON_COUNT",
        }
    )
    """What ATLAS's screens add to a concept. It says nothing of the cohort and is not kept."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_atlas_shows(cls, given: object) -> object:
        if isinstance(given, dict):
            return {k: value for k, value in given.items() if k not in cls.shown_by_atlas}
        return given


Concepts = tuple[Concept, ...]


class ConceptSetItem(CircePart):
    """A concept of a concept set, and what comes or goes with it."""

    concept: Annotated[Concept, circe("concept")]
    is_excluded: Annotated[Flag, circe("isExcluded")] = False
    include_descendants: Annotated[Flag, circe("includeDescendants")] = False
    include_mapped: Annotated[Flag, circe("includeMapped")] = False


class ConceptSetExpression(CircePart):
    """What a concept set is made of."""

    items: Annotated[tuple[ConceptSetItem, ...], circe("items")] = ()


class ConceptSet(CircePart):
    """A named list of concepts; criteria point at it by `concept_set_id`."""

    concept_set_id: Annotated[Id, circe("id")]
    name: Annotated[Text | None, circe("name")] = None
    expression: Annotated[ConceptSetExpression, circe("expression")]

    @property
    def items(self) -> tuple[ConceptSetItem, ...]:
        """The items of its expression."""
        return self.expression.items


class ConceptSetSelection(CircePart):
    """An attribute must be in a concept set, or must not.

    Without a concept set: the attribute must be given, or, excluded, must be missing.
    """

    concept_set_id: Annotated[Id | None, circe("CodesetId")] = None
    is_exclusion: Flag = False
