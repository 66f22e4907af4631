"""How metrics of a model are named, rounded and said with their intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.amounts import number, share, signed
from dashboards.glossary import definition
from dashboards.words import sentence_case


@dataclass(frozen=True, kw_only=True)
class Metric:
    """How a metric is named and rounded; the glossary says the rest, under `term`."""

    label: str
    term: str = ""
    short: str = ""
    is_share: bool = False
    decimals: int = 2

    @property
    def reading(self) -> str:
        """How to read the metric, in the glossary's words; empty where it has none."""
        return definition(self.term or self.label) or ""


METRICS = {
    "auroc": Metric(label="Discrimination (AUROC)", term="AUROC", short="AUROC"),
    "auprc": Metric(label="Precision-recall area (AUPRC)", term="AUPRC", short="AUPRC", decimals=3),
    "brier": Metric(label="Brier score", decimals=3),
    "calibration_intercept": Metric(label="Calibration intercept"),
    "calibration_slope": Metric(label="Calibration slope"),
    "observed_expected_ratio": Metric(
        label="Observed to expected", term="observed to expected ratio", short="Observed / expected"
    ),
    "outcome_rate": Metric(label="Outcome rate", is_share=True),
    "mean_risk": Metric(label="Mean risk", is_share=True),
    "selection_rate": Metric(label="Flagged", term="selection rate", is_share=True),
    "true_positive_rate": Metric(
        label="Found among those with the outcome", term="true positive rate", is_share=True
    ),
    "false_positive_rate": Metric(
        label="Flagged among those without the outcome", term="false positive rate", is_share=True
    ),
    "positive_predictive_value": Metric(
        label="Right when flagged", term="positive predictive value", is_share=True
    ),
    "net_benefit": Metric(label="Net benefit", decimals=3),
}


def metric(name: str) -> Metric:
    """How a metric is named and read; one that is not listed goes by its own name."""
    return METRICS.get(name, Metric(label=sentence_case(name.replace("_", " "))))


def value(amount: float | None, name: str) -> str:
    """A metric's value as text, as a percentage where the metric is a share."""
    if amount is None:
        return "–"
    text = share(amount) if metric(name).is_share else f"{amount:.{metric(name).decimals}f}"
    return text.replace("-", "−")


def value_with_interval(row: Mapping[str, object]) -> str:
    """A metric with its 95 % interval as text: `0.73 (0.69 to 0.77)`."""
    middle, name = number(row["value"]), str(row["metric"])
    between = interval(row)
    return (
        f"{value(middle, name)} ({between})"
        if middle is not None and between
        else value(middle, name)
    )


def difference(row: Mapping[str, object]) -> str:
    """A difference from the reference group with its 95 % interval; of shares, in points."""
    ends = [number(row[f"difference{end}"]) for end in ("", "_lower", "_upper")]
    if ends[0] is None or row["verdict"] == "reference":
        return "–"
    said = metric(str(row["metric"]))
    factor, decimals, unit = (100, 1, " points") if said.is_share else (1, said.decimals, "")
    middle, lower, upper = (None if end is None else signed(factor * end, decimals) for end in ends)
    between = f" ({lower} to {upper})" if lower is not None and upper is not None else ""
    return f"{middle}{between}{unit}"


def interval(row: Mapping[str, object]) -> str:
    """The 95 % interval of a metric's row as text; empty where there is none."""
    lower, upper = number(row["value_lower"]), number(row["value_upper"])
    if lower is None or upper is None:
        return ""
    name = str(row["metric"])
    return f"{value(lower, name)} to {value(upper, name)}"
