"""The concept sets that a model reads, named after what they hold, so that equal ones are one."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.expression import Concept, ConceptSet
from analytics.phenotypes.telling_titles import first_concept

ABNORMAL_RESULTS = (4155142, 4155143)
"""What OHDSI's engine takes for an abnormal result besides a value outside its range."""
LONGEST_FIRST_NAME = 32
"""Characters of a concept's name in that of its set, which PostgreSQL cuts at 63."""
LONGEST_CONTENT = 25
"""Characters of a concept's name in a title that says what is in the set; `and others` follows."""


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


def compile_concept_set(concept_set: ConceptSet, *, by_content: bool = False) -> CompiledConceptSet:
    """A concept set of a definition, under a name that says what it is and what is in it.

    Its title is what the definition calls it or, `by_content`, what is in it, where that is named.
    """
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
    title = " ".join((concept_set.name or "").split())
    first = slug(first_concept(concept_set), LONGEST_CONTENT)
    if by_content and first:
        title = f"{first} and others" if len(concept_set.items) > 1 else first
    return _named(title or "Concepts without a name", concepts, is_attribute=False)


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


def agreed_concept_sets(
    concept_sets: Iterable[CompiledConceptSet],
) -> dict[str, CompiledConceptSet]:
    """One concept set for each name, with each concept once, by its id.

    Definitions may call a concept differently: the first of its names in the order of their letters
    is taken, so that it does not matter which definition comes first.
    """
    agreed: dict[str, CompiledConceptSet] = {}
    for concept_set in concept_sets:
        known = agreed.get(concept_set.name)
        concepts = (*(known.concepts if known else ()), *concept_set.concepts)
        agreed[concept_set.name] = replace(concept_set, concepts=_each_once(concepts))
    return agreed


def _each_once(concepts: Iterable[NamedConcept]) -> tuple[NamedConcept, ...]:
    once: dict[tuple[int, bool, bool, bool], NamedConcept] = {}
    for concept in concepts:
        known = once.get(_content(concept), concept)
        names = [name for name in (known.concept_name, concept.concept_name) if name]
        once[_content(concept)] = replace(concept, concept_name=min(names, default=""))
    return tuple(once[content] for content in sorted(once))


def _content(concept: NamedConcept) -> tuple[int, bool, bool, bool]:
    return (
        concept.concept_id,
        concept.include_descendants,
        concept.include_mapped,
        concept.is_excluded,
    )


def _named(
    title: str, concepts: tuple[NamedConcept, ...], *, is_attribute: bool
) -> CompiledConceptSet:
    """A concept set under the name of its first concept and a hash of what it holds.

    What the definition calls the set is not in its name: copies of one set go by many titles.
    """
    content = sorted({_content(concept) for concept in concepts})
    digest = hashlib.sha256(repr((is_attribute, content)).encode()).hexdigest()[:8]
    in_order = sorted(concepts, key=lambda concept: (concept.is_excluded, concept.concept_id))
    words = slug(in_order[0].concept_name, LONGEST_FIRST_NAME) if in_order else ""
    n_others = len({concept.concept_id for concept in concepts}) - 1
    others = f"_and_{n_others}_other{'s' * (n_others > 1)}" if n_others > 0 else ""
    return CompiledConceptSet(
        name=f"{words or 'concepts'}{others}__{digest}",
        title=title,
        concepts=concepts,
        is_attribute=is_attribute,
    )
