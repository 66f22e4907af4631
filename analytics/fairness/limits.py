"""When a difference between groups is called a disparity: the limits, and why these.

There is no agreed limit in the literature. These are judgements, kept in one place so that
they can be argued with:

- true and false positive rate, 0.05: of a hundred people with (without) the outcome, five
  more missed (five more bothered) than in the reference group.
- AUROC, 0.05: a difference a reader of a ROC curve would notice.
- observed over expected, 0.8 to 1.25 times that of the reference group: the four-fifths rule of
  the US Uniform Guidelines on Employee Selection (1978), read both ways.

Not judged, because they differ between groups whenever the outcome does, also for a perfect
model: outcome rate, mean risk, Brier score, selection rate, positive predictive value and net
benefit. Calibration within groups and equal error rates cannot both hold when outcome rates
differ (Kleinberg et al. 2016, Chouldechova 2017): a disparity of error rates between age
bands may be just that.
"""

from dataclasses import dataclass
from typing import Literal

FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE = 25

Verdict = Literal[
    "too few to show", "too few to judge", "within limit", "disparity", "reference", "not judged"
]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a metric may differ by: an absolute difference, or a ratio (and one over it)."""

    kind: Literal["difference", "ratio"]
    most: float

    def is_beyond(self, value: float, reference: float) -> bool:
        """Whether the value is further from the reference than allowed; on the limit is within."""
        if self.kind == "difference":
            return abs(value - reference) > self.most
        return value > reference * self.most or value < reference / self.most


LIMITS: dict[str, Limit] = {
    "auroc": Limit(kind="difference", most=0.05),
    "observed_expected_ratio": Limit(kind="ratio", most=1.25),
    "true_positive_rate": Limit(kind="difference", most=0.05),
    "false_positive_rate": Limit(kind="difference", most=0.05),
}
