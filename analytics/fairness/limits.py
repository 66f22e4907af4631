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
benefit.

An **alarm** is the verdict `disparity`. It needs a difference that is

1. beyond its limit;
2. beyond chance, after allowance for every group and measure judged in the audit: with m
   comparisons each is held at a level of 0.05 / m (Bonferroni; Dunn 1961), so that with nothing
   there at most about one audit in twenty raises any alarm, however the comparisons hang together;
3. for AUROC and the two error rates, at the same level beyond what follows from who is at risk
   (see `right_risks.py`). Calibration within groups and equal error rates cannot both hold when
   outcome rates differ (Kleinberg et al. 2016, Chouldechova 2017): more of the old are found
   because more of them are at high risk. Of an attribute that the model sees (age and sex), it must
   be beyond what the group's risks would show if they were right. Of one that it does not see
   (race and ethnicity), beyond what the reference group would show at the group's outcome rate:
   that risks lie closer together in one race than in another, the outcome being as frequent, is
   no explanation, for it is what happens where less is written down.

A difference that is explained so is told as `differs as risks do`, and is no alarm.
"""

from dataclasses import dataclass
from typing import Final, Literal

FEWEST_PEOPLE_WITH_OUTCOME_TO_JUDGE = 25

AS_RISKS_DO: Final = "differs as risks do"
JUDGED: Final = ("within limit", AS_RISKS_DO, "disparity")

Verdict = Literal[
    "too few to show",
    "too few to judge",
    "within limit",
    "differs as risks do",
    "disparity",
    "reference",
    "not judged",
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
