"""Groups of criteria as numbered lines, one level of indentation for each level of nesting."""

from analytics.phenotypes.expression import CriteriaGroup, Criterion
from analytics.phenotypes.words.criteria import (
    ENTRY,
    correlated_words,
    criterion_words,
    demographic_words,
    index_words,
)
from analytics.phenotypes.words.values import ConceptSets

INDENT = "   "


def how_many_hold(group: CriteriaGroup) -> str:
    """`all of these hold`, `at least 2 of these hold`."""
    n_parts = len(group.criteria) + len(group.demographic_criteria) + len(group.groups)
    if n_parts == 1 and group.type in ("ALL", "ANY"):
        return "this holds"
    return {
        "ALL": "all of these hold",
        "ANY": "any of these holds",
        "AT_LEAST": f"at least {group.count} of these hold",
        "AT_MOST": f"at most {group.count} of these hold",
    }[group.type]


def group_lines(
    group: CriteriaGroup, concept_sets: ConceptSets, index: str = ENTRY, indent: str = ""
) -> list[str]:
    """The criteria of a group, numbered; what they ask around their own events below each."""
    lines = []
    number = 0
    for demographic in group.demographic_criteria:
        number += 1
        lines.append(f"{indent}{number}. {demographic_words(demographic, concept_sets)}")
    for correlated in group.criteria:
        number += 1
        lines += _with_surroundings(
            correlated.criterion,
            f"{indent}{number}. {correlated_words(correlated, concept_sets, index)}",
            concept_sets,
            indent,
        )
    for inner in group.groups:
        number += 1
        if inner.is_empty:
            lines.append(f"{indent}{number}. nothing is asked")
            continue
        lines.append(f"{indent}{number}. {how_many_hold(inner)}:")
        lines += group_lines(inner, concept_sets, index, indent + INDENT)
    return lines


def criterion_lines(criterion: Criterion, number: int, concept_sets: ConceptSets) -> list[str]:
    """A criterion as a numbered line, with what it asks around its events below."""
    first = f"{number}. {criterion_words(criterion, concept_sets)}"
    return _with_surroundings(criterion, first, concept_sets, "")


def _with_surroundings(
    criterion: Criterion, first_line: str, concept_sets: ConceptSets, indent: str
) -> list[str]:
    around = criterion.correlated_criteria
    if around is None or around.is_empty:
        return [first_line]
    deeper = indent + INDENT
    return [
        f"{first_line}, where {how_many_hold(around)}:",
        *group_lines(around, concept_sets, index_words(criterion, concept_sets), deeper),
    ]
