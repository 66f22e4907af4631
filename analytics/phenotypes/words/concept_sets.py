"""Concept sets as lists of concepts with their names."""

from analytics.phenotypes.expression import ConceptSetItem
from analytics.phenotypes.words.values import ConceptSets, concept_set_name


def concept_set_words(concept_sets: ConceptSets) -> str:
    """Every concept set with its concepts, as Markdown; empty where there is none."""
    lines = ["", "### Concept sets"] if concept_sets else []
    for concept_set in concept_sets:
        name = concept_set_name(concept_set.concept_set_id, concept_sets)
        lines += ["", f"#### {concept_set.concept_set_id}: {name}", ""]
        lines += [f"- {item_words(item)}" for item in concept_set.items] or ["No concepts."]
    return "".join(f"{line}\n" for line in lines)


def item_words(item: ConceptSetItem) -> str:
    """`316139 Heart failure, with descendants`."""
    flags = [
        words
        for is_set, words in (
            (item.is_excluded, "excluded"),
            (item.include_descendants, "with descendants"),
            (item.include_mapped, "with what maps to it"),
        )
        if is_set
    ]
    name = item.concept.concept_name or "(no name)"
    return ", ".join([f"{item.concept.concept_id} {name}", *flags])
