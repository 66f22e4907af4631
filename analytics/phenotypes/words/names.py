"""Short snake_case names in words, for the parts of a model that hold a criterion or a rule."""

import re
import unicodedata

from analytics.phenotypes.expression import (
    CorrelatedCriterion,
    Criterion,
    DemographicCriterion,
    EventCriterion,
    InclusionRule,
)
from analytics.phenotypes.words.criteria import NOUNS
from analytics.phenotypes.words.values import ConceptSets, concept_set_name

LONGEST_NAME = 40
DEMOGRAPHIC = ("age", "gender", "race", "ethnicity", "start_date", "end_date")


def name_in_words(
    part: Criterion | CorrelatedCriterion | DemographicCriterion | InclusionRule,
    concept_sets: ConceptSets,
) -> str:
    """`first_heart_failure_conditions`, `no_cancer_conditions`, `age_and_gender`, a rule's name.

    Two parts of one definition can have one name; who needs them apart adds a number.
    """
    if isinstance(part, InclusionRule):
        return snake_case(part.name or "", without_words="rule")
    if isinstance(part, DemographicCriterion):
        return _demographic_name(part)
    if isinstance(part, CorrelatedCriterion):
        count = part.occurrence
        is_none = count.count == 0 and count.how_often != "at least"
        name = name_in_words(part.criterion, concept_sets)
        return f"no_{name}" if is_none else name
    return _criterion_name(part, concept_sets)


def snake_case(text: str, *, longest: int = LONGEST_NAME, without_words: str = "unnamed") -> str:
    """`text` in lower-case ASCII letters, digits and underscores, cut at a word.

    It starts with a letter; `without_words` stands in where no letter or digit is left.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "")
    words = re.findall(r"[a-z0-9]+", plain)
    name = words[0][:longest] if words else without_words
    for word in words[1:]:
        if len(name) + 1 + len(word) > longest:
            break
        name = f"{name}_{word}"
    return name if name[0].isalpha() else f"n_{name}"


def _criterion_name(criterion: EventCriterion, concept_sets: ConceptSets) -> str:
    one, many = (noun.replace(" ", "_") for noun in NOUNS[criterion.kind][:2])
    concept_set_id: int | None = getattr(criterion, "concept_set_id", None)
    if concept_set_id is None:
        name = many
    else:
        words = snake_case(concept_set_name(concept_set_id, concept_sets))
        name = words.removesuffix(f"_{one}").removesuffix(f"_{many}")
        name = many if name == one else f"{name}_{many}"
    return f"first_{name}" if getattr(criterion, "first_only", False) else name


def _demographic_name(criterion: DemographicCriterion) -> str:
    given = [
        name
        for name in DEMOGRAPHIC
        if any(
            getattr(criterion, field, None)
            for field in (name, *_plurals(name), f"{name}_concept_set")
        )
    ]
    return "_and_".join(given) or "any_person"


def _plurals(name: str) -> tuple[str, ...]:
    return (f"{name}s", f"{name.removesuffix('y')}ies")
