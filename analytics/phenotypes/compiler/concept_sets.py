"""The concept sets that a model reads, named so that equal ones of other definitions are shared."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.expression import Concept, ConceptSet

ABNORMAL_RESULTS = (4155142, 4155143)
"""What OHDSI's engine takes for an abnormal result besides a value outside its range."""


@dataclass(frozen=True, kw_only=True)
class NamedConcept:
    """A concept as a concept set names it; one row of the set's seed."""

    concept_id: int
    concept_name: str
    include_descendants: bool = False
    include_mapped: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, kw_only=True)
class CompiledConceptSet:
    """A concept set that a model reads by its `name`.

    `title` is what the definition calls it. `is_attribute` marks the values of an attribute (a
    sex, a unit): they are taken as they are named, whether the vocabulary knows them or not.
    """

    name: str
    title: str
    concepts: tuple[NamedConcept, ...]
    is_attribute: bool = False


def compile_concept_set(concept_set: ConceptSet) -> CompiledConceptSet:
    """A concept set of a definition, under a name that says what it is and what is in it."""
    concepts = tuple(
        NamedConcept(
            concept_id=item.concept.concept_id,
            concept_name=item.concept.concept_name or "",
            include_descendants=item.include_descendants,
            include_mapped=item.include_mapped,
            is_excluded=item.is_excluded,
        )
        for item in concept_set.items
    )
    title = " ".join((concept_set.name or "").split()) or "Concepts without a name"
    return _named(title, concepts, is_attribute=False)


def attribute_concepts(role: str, concepts: Iterable[Concept]) -> CompiledConceptSet:
    """The values of an attribute of a criterion as a concept set: `unit` and its units."""
    named = tuple(
        NamedConcept(concept_id=value.concept_id, concept_name=value.concept_name or "")
        for value in concepts
    )
    first = named[0].concept_name or role
    others = f" or {len(named) - 1} others" if len(named) > 2 else ""
    second = f" or {named[1].concept_name}" if len(named) == 2 else ""
    return _named(f"{role} {first}{second}{others}", named, is_attribute=True)


def abnormal_results() -> CompiledConceptSet:
    """The results that count as abnormal, whatever the range."""
    concepts = tuple(
        NamedConcept(concept_id=concept_id, concept_name="Abnormal result")
        for concept_id in ABNORMAL_RESULTS
    )
    return _named("abnormal results", concepts, is_attribute=True)


def _named(
    title: str, concepts: tuple[NamedConcept, ...], *, is_attribute: bool
) -> CompiledConceptSet:
    content = sorted(
        (
            concept.concept_id,
            concept.include_descendants,
            concept.include_mapped,
            concept.is_excluded,
        )
        for concept in concepts
    )
    digest = hashlib.sha256(repr((is_attribute, content)).encode()).hexdigest()[:8]
    return CompiledConceptSet(
        name=f"{slug(title) or 'concepts'}__{digest}",
        title=title,
        concepts=concepts,
        is_attribute=is_attribute,
    )
