"""What was asked for, resolved: every analysis with its id, its window and its concepts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.features.analysis import Analysis
from analytics.features.concept_choice import ConceptChoice
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis


@dataclass(frozen=True, kw_only=True)
class FeatureSettings:
    """The covariates to make.

    `prespecified`: FeatureExtraction's analyses, in windows that end on `end_day`, of the concepts
    that `concepts` chooses (None: all). `analyses`: those of events, each with its own window.
    `facts` about the person and `scores`: ours, by their fixed ids. `cohort_names`: what the
    cohorts are called that are covariates, by id.
    Where not `is_day_0_asked_for`, no window reaches the index day. Measured values are taken in
    the one unit of their concept where `are_units_harmonised`, else as they were recorded.
    """

    name: str
    end_day: int
    is_day_0_asked_for: bool = False
    prespecified: tuple[PrespecifiedAnalysis, ...] = ()
    concepts: ConceptChoice | None = None
    analyses: tuple[Analysis, ...] = ()
    facts: tuple[Analysis, ...] = ()
    scores: tuple[Analysis, ...] = ()
    are_units_harmonised: bool = True
    cohort_names: Mapping[int, str] = field(default_factory=dict)

    @property
    def ones_own(self) -> tuple[Analysis, ...]:
        """All analyses but FeatureExtraction's: facts, events, scores."""
        return (*self.facts, *self.analyses, *self.scores)
