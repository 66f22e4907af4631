"""Which concept sets of a definition are told apart by what the definition calls them.

ATLAS calls a new one "Unnamed Concept Set", and nothing keeps two from having one name: a model or
a sentence that went by such names would speak of two things with one word.
"""

import re
from collections.abc import Iterable

from analytics.phenotypes.expression import ConceptSet

NO_NAME = re.compile(r"((new|unnamed|my|a) )?(concept ?set|set|concepts?)?( ?\d+)?", re.IGNORECASE)


def sets_without_a_telling_title(concept_sets: Iterable[ConceptSet]) -> frozenset[int]:
    """The ids of concept sets whose title says nothing, or is that of another one as well."""
    by_title: dict[str, list[ConceptSet]] = {}
    for concept_set in concept_sets:
        title = " ".join((concept_set.name or "").split()).casefold()
        by_title.setdefault(title, []).append(concept_set)
    return frozenset(
        concept_set.concept_set_id
        for title, alike in by_title.items()
        for concept_set in alike
        if NO_NAME.fullmatch(title) or len({_content(each) for each in alike}) > 1
    )


def _content(concept_set: ConceptSet) -> frozenset[tuple[int, bool, bool, bool]]:
    return frozenset(
        (item.concept.concept_id, item.include_descendants, item.include_mapped, item.is_excluded)
        for item in concept_set.items
    )


def first_concept(concept_set: ConceptSet) -> str:
    """The name of the first concept of a set by its id, of those that it includes if any."""
    in_order = sorted(
        concept_set.items, key=lambda item: (item.is_excluded, item.concept.concept_id)
    )
    return (in_order[0].concept.concept_name or "") if in_order else ""
