"""What changed between two versions of a definition, in words."""

import re
from collections.abc import Iterator

from analytics.phenotypes.expression import CohortExpression, ConceptSet, InclusionRule
from analytics.phenotypes.normal_form import normalised_json
from analytics.phenotypes.words.concept_sets import item_words
from analytics.phenotypes.words.definition import (
    entry_lines,
    era_lines,
    exit_lines,
    kept_words,
    rule_lines,
)
from analytics.phenotypes.words.values import concept_set_name

NUMBER = re.compile(r"^(\s*)\d+\. ")


def difference_in_words(old: CohortExpression, new: CohortExpression) -> str:
    """Section by section, what is gone (`-`) and what came (`+`); rules are matched by name.

    Equal definitions give `Nothing changed.`; where only captions or codes of concepts differ,
    which decide nothing, it says so.
    """
    lines = [
        *_section("Entry events", entry_lines(old), entry_lines(new)),
        *_rule_differences(old, new),
        *_section("Events kept", [kept_words(old)], [kept_words(new)]),
        *_section("Exit", exit_lines(old), exit_lines(new)),
        *_section("Cohort eras", era_lines(old), era_lines(new)),
        *_concept_set_differences(old, new),
    ]
    if lines:
        return "\n".join(lines).strip() + "\n"
    if normalised_json(old) == normalised_json(new):
        return "Nothing changed.\n"
    return "Nothing changed but titles, codes or captions, which decide nothing.\n"


def _section(title: str, old: list[str], new: list[str]) -> Iterator[str]:
    """The lines of a section that are gone and those that came, in their order."""
    before, after = _unnumbered(old), _unnumbered(new)
    gone = [line for line in before if line not in after]
    came = [line for line in after if line not in before]
    if not gone and not came and before == after:
        return
    yield f"{title}:"
    if not gone and not came:
        yield "  the same parts in another order, or another number of times"
    yield from (f"  - {line}" for line in gone)
    yield from (f"  + {line}" for line in came)


def _unnumbered(lines: list[str]) -> list[str]:
    return [NUMBER.sub(r"\1", line) for line in lines if line.strip()]


def _rule_differences(old: CohortExpression, new: CohortExpression) -> Iterator[str]:
    before, after = _rules_by_name(old), _rules_by_name(new)
    for name, rule in before.items():
        if name not in after:
            yield f"Inclusion rule '{name}' is gone:"
            yield from (f"  - {line}" for line in _unnumbered(rule_lines(rule, old.concept_sets)))
    for name, rule in after.items():
        lines = rule_lines(rule, new.concept_sets)
        if name not in before:
            yield f"Inclusion rule '{name}' came, as number {list(after).index(name) + 1}:"
            yield from (f"  + {line}" for line in _unnumbered(lines))
            continue
        was = rule_lines(before[name], old.concept_sets)
        yield from _section(f"Inclusion rule '{name}'", was, lines)
    stayed = [name for name in before if name in after]
    if stayed != [name for name in after if name in before]:
        yield f"Inclusion rules now come in this order: {', '.join(after)}"


def _rules_by_name(expression: CohortExpression) -> dict[str, InclusionRule]:
    """The rules under their names; a name that was taken already gets its position behind it."""
    rules: dict[str, InclusionRule] = {}
    for position, rule in enumerate(expression.inclusion_rules, start=1):
        name = (rule.name or "").strip() or "without a name"
        rules[f"{name} ({position})" if name in rules else name] = rule
    return rules


def _concept_set_differences(old: CohortExpression, new: CohortExpression) -> Iterator[str]:
    before = {each.concept_set_id: each for each in old.concept_sets}
    after = {each.concept_set_id: each for each in new.concept_sets}
    for concept_set_id, concept_set in before.items():
        name = concept_set_name(concept_set_id, old.concept_sets)
        if concept_set_id not in after:
            yield f"Concept set {concept_set_id} '{name}' is gone."
            continue
        now = concept_set_name(concept_set_id, new.concept_sets)
        if now != name:
            yield f"Concept set {concept_set_id} '{name}' is now called '{now}'."
        was, items = _items(concept_set), _items(after[concept_set_id])
        yield from _section(f"Concept set {concept_set_id} '{now}'", was, items)
    for concept_set_id, concept_set in after.items():
        if concept_set_id not in before:
            name = concept_set_name(concept_set_id, new.concept_sets)
            yield f"Concept set {concept_set_id} '{name}' came:"
            yield from (f"  + {line}" for line in _items(concept_set))


def _items(concept_set: ConceptSet) -> list[str]:
    """Its items in words, each once, by concept: their order decides nothing."""
    return sorted({item_words(item) for item in concept_set.items}, key=_by_concept)


def _by_concept(words: str) -> tuple[int, str]:
    return int(words.split(" ", 1)[0]), words
