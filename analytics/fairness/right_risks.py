"""How far a difference between groups is explained by their risks, were these right.

Error rates at one threshold differ between groups whose risks differ, also for a perfect model
(Simoiu, Corbett-Davies and Goel 2017, "infra-marginality"), and discrimination differs with the
spread of the risks (van Klaveren et al. 2016, model-based concordance). Two questions are asked:
what would the reference group show if the outcome were as frequent in it as in the group
(`AtOtherRates`)? And what would the group itself show if its risks were right (`RightRisks`)?
"""

from dataclasses import dataclass

import numpy as np

from analytics.evaluation.logistic_fit import expit, logit
from analytics.evaluation.predictions import Bools, Floats, Predictions
from analytics.fairness.resampling import SortedGroups

JUDGED_AGAINST_RIGHT_RISKS = ("auroc", "true_positive_rate", "false_positive_rate")
NEWTON_STEPS = 25
LARGEST_SHIFT = 20.0
SHIFTS = np.linspace(-5, 5, 201)
# A risk at the threshold stays at it when nothing is moved, whatever rounding does.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class RightRisks:
    """The rows of `SortedGroups` with each group's risks moved until they are right on average.

    They are moved on the log-odds scale, by `shift`, until they add up to the outcomes seen in the
    group (not a number where nobody, or everybody, has the outcome). People are flagged by these
    risks at the same threshold, and outcomes come at exactly these rates.
    """

    sorted_groups: SortedGroups
    log_odds: Floats
    shift: Floats

    @classmethod
    def of(cls, sorted_groups: SortedGroups, risk: Floats) -> "RightRisks":
        """`risk` has one entry for each row, in the order of the predictions."""
        log_odds = logit(risk[sorted_groups.order])
        outcomes = sorted_groups.total(sorted_groups.outcome)
        n_rows = sorted_groups.total(np.ones(len(log_odds)))
        shift = np.where((outcomes > 0) & (outcomes < n_rows), 0.0, np.nan)
        weights = np.ones(len(log_odds))
        for _ in range(NEWTON_STEPS):
            shift = shift + _step(sorted_groups, log_odds, shift, weights)
        return cls(sorted_groups=sorted_groups, log_odds=log_odds, shift=shift)

    def metrics(self, weights: Floats) -> Floats:
        """A row for each group, a column for each of `JUDGED_AGAINST_RIGHT_RISKS`.

        `weights` has one entry for each row, in the order of the predictions. One Newton step
        from the shift of all rows follows the luck of a replicate.
        """
        groups = self.sorted_groups
        amount = weights[groups.order]
        shift = self.shift + _step(groups, self.log_odds, self.shift, amount)
        moved = self.log_odds + groups.spread(shift)
        risk = expit(moved)
        flagged = moved >= logit(np.array([groups.threshold]))[0] - ROUNDING
        return _if_right(groups, amount, risk, flagged)


@dataclass(frozen=True, kw_only=True, eq=False)
class AtOtherRates:
    """What a group would show, its risks being right, at one outcome rate and another.

    Its risks are moved on the log-odds scale, and lie otherwise as they do. `values` has a row for
    each of the ascending `outcome_rates` and a column for each of `JUDGED_AGAINST_RIGHT_RISKS`.
    """

    outcome_rates: Floats
    values: Floats

    @classmethod
    def of(cls, risk: Floats, threshold: float) -> "AtOtherRates":
        """`risk` has one entry for each row of the group."""
        nobody = np.zeros(len(risk), dtype=np.bool_)
        group = SortedGroups.of(
            Predictions(person_id=np.arange(len(risk)), had_outcome=nobody, risk=risk),
            ["the group"] * len(risk),
            threshold=threshold,
        )
        log_odds = logit(risk[group.order])
        everybody_once = np.ones(len(risk))
        rates, values = [], []
        for shift in SHIFTS:
            moved = log_odds + shift
            right = expit(moved)
            flagged = moved >= logit(np.array([threshold]))[0] - ROUNDING
            rates.append(float(right.mean()))
            values.append(_if_right(group, everybody_once, right, flagged)[0])
        return cls(outcome_rates=np.array(rates), values=np.stack(values))

    def at(self, metric: str, outcome_rate: Floats) -> Floats:
        """The metric at each of these outcome rates."""
        column = self.values[:, JUDGED_AGAINST_RIGHT_RISKS.index(metric)]
        return np.asarray(np.interp(outcome_rate, self.outcome_rates, column), dtype=np.float64)


def _if_right(groups: SortedGroups, amount: Floats, risk: Floats, flagged: Bools) -> Floats:
    """A row for each group: what it shows when outcomes come at exactly these (sorted) risks."""
    with_outcome, without = amount * risk, amount * (1 - risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        n_with, n_without = groups.total(with_outcome), groups.total(without)
        found = {
            "auroc": groups.concordant(with_outcome, without) / (n_with * n_without),
            "true_positive_rate": groups.total(with_outcome * flagged) / n_with,
            "false_positive_rate": groups.total(without * flagged) / n_without,
        }
    return np.column_stack([found[metric] for metric in JUDGED_AGAINST_RIGHT_RISKS])


def _step(groups: SortedGroups, log_odds: Floats, shift: Floats, amount: Floats) -> Floats:
    """How much further each group's log-odds should move, by Newton's method."""
    risk = expit(log_odds + groups.spread(shift))
    missing = groups.total(amount * (groups.outcome - risk))
    with np.errstate(divide="ignore", invalid="ignore"):
        step = missing / groups.total(amount * risk * (1 - risk))
    return np.clip(step, -LARGEST_SHIFT / NEWTON_STEPS, LARGEST_SHIFT / NEWTON_STEPS)
