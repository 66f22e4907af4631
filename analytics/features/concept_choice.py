"""Which concepts an analysis reads, and to which groups they are rolled up: values, no frames."""

from dataclasses import dataclass
from typing import Literal

NamedGroups = Literal["condition_groups", "drug_groups"]


@dataclass(frozen=True, kw_only=True)
class NamedConcept:
    """A concept that a concept set names, and what it brings along."""

    concept_id: int
    include_descendants: bool
    include_mapped: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, kw_only=True)
class ConceptSet:
    """Named concepts; what the excluded ones bring is taken away from what the others bring."""

    name: str
    concepts: tuple[NamedConcept, ...]


@dataclass(frozen=True, kw_only=True)
class ConceptChoice:
    """The concepts of all `included` sets (all there are, if none) without those `excluded`."""

    included: tuple[ConceptSet, ...] = ()
    excluded: tuple[ConceptSet, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RollUp:
    """The groups that concepts are lifted to through `concept_ancestor`.

    `named`: FeatureExtraction's condition or drug groups, read from the CDM as they come. Or
    `ancestors`: each concept named, with itself and its descendants.
    """

    named: NamedGroups | None = None
    ancestors: tuple[int, ...] = ()
