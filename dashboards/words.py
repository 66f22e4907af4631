"""Every word the pages say: names of models and metrics, numbers as text, answers as sentences.

Definitions of terms come from `data_contracts/glossary.md` (`## term`, then a paragraph), so that
the screen and the contracts cannot disagree.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.days import AGE_BANDS
from analytics.errors import BadInputError
from analytics.settings import house_root
from analytics.studies import BlindSpot, Study, blind_spot, load_study

WITHHELD = "withheld"
NOT_SAID = blind_spot(None)

MODELS = {
    "xgboost": "Gradient-boosted trees",
    "logistic_l1": "Logistic regression",
    "age_and_sex": "Age and sex alone",
}
ATTRIBUTES = {
    "sex": "Sex",
    "age_band": "Age at index",
    "race": "Race",
    "ethnicity": "Ethnicity",
    "index_year": "Year of index",
}
GROUP_ORDER = {
    "sex": ("Female", "Male"),
    "age_band": tuple(
        f"{first}+" if last is None else f"{first}-{last}" for first, last in AGE_BANDS
    ),
    "race": (
        "American Indian or Alaska Native",
        "Asian",
        "Black or African American",
        "Native Hawaiian or Pacific Islander",
        "White",
        "More than one race",
    ),
    "ethnicity": ("Hispanic or Latino", "Not Hispanic or Latino"),
}
VERDICTS = {
    "within limit": "no disparity shown",
    "differs as risks do": "differs as the risks do",
    "disparity": "differs by more than the limit",
    "too few to judge": "too few people to judge",
    "not told": "not told: it would tell a small count",
    "too few to show": "too few people to show",
    "reference": "reference group",
    "not judged": "not judged: differs wherever the outcome does",
    "more than others": "removes more than of others",
    "less than others": "removes less than of others",
    "first rule": "–",
}
GROUPED_BY = {
    "sex": "Sex",
    "age_band": "Age at the event",
    "race": "Race",
    "ethnicity": "Ethnicity",
}
"""What the attrition of a cohort is shown by."""
DESCRIBED_BY = {
    "outcome": "People with and without the outcome",
    "sex": "Sex",
    "age_band": "Age at index",
    "race": "Race",
    "ethnicity": "Ethnicity",
}
"""What the characteristics of a study's people are shown by."""
PATHS_BY = {
    "overall": "Everyone",
    "sex": "Sex",
    "age_band": "Age at index",
    "race": "Race",
    "ethnicity": "Ethnicity",
    "payer": "Payer at index",
    "site": "Site at index",
    "index_year": "Year of index",
}
"""What treatment paths are shown by."""
WHAT_FOLLOWS = {
    "starts": "starts",
    "moves on": "moves on",
    "adds": "adds another",
    "reduces": "drops a part",
    "switches": "switches",
    "restarts": "restarts",
    "ends": "nothing follows",
    "stops": "stops",
    "goes on": "goes on until follow-up ends",
    "leaves": "leaves (an exit)",
}
"""What people do after a treatment of a line."""
PARTS_OF_WHAT_FOLLOWS = {
    "moves on": ("adds", "reduces", "switches", "restarts"),
    "ends": ("stops", "goes on"),
}
"""What is a sum over others of `WHAT_FOLLOWS`."""
EVENT_SOURCES = {
    "drug_era": "the CDM's own drug eras",
    "built_drug_era": "drug eras that we build of exposures",
    "episode": "episodes",
    "cohort": "rows of a cohort",
}
"""Where the records of an event come from; else the domain's events."""
DRUG_ERAS = ("drug_era", "built_drug_era")
SECTIONS = {
    "people": "People",
    "visit": "Visits",
    "condition": "Conditions",
    "drug": "Drugs",
    "procedure": "Procedures",
    "measurement": "Measurements",
    "device": "Devices",
    "observation": "Observations",
    "difference": "Further differences",
}


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


@dataclass(frozen=True, kw_only=True)
class StudyWords:
    """What a study asks, in the words of its file; plain fallbacks for a file we cannot see."""

    name: str
    title: str
    question: str
    outcome: str
    intended_use: str
    target: str | None = None
    blind_spot: BlindSpot = NOT_SAID


@cache
def study_words(name: str) -> StudyWords:
    """The words of a shipped study; a study from elsewhere goes by its name."""
    try:
        study = load_study(name)
    except BadInputError:
        title = sentence_case(name.replace("_", " "))
        return StudyWords(
            name=name, title=title, question="", outcome="the outcome", intended_use=""
        )
    return StudyWords(
        name=name,
        title=study.title,
        question=study.question.strip(),
        outcome=study.outcome_in_words if isinstance(study, Study) else "",
        intended_use=study.intended_use.strip() if isinstance(study, Study) else "",
        target=study.target,
        blind_spot=blind_spot(study.outcome_seen_as) if isinstance(study, Study) else NOT_SAID,
    )


def metric(name: str) -> Metric:
    """How a metric is named and read; one that is not listed goes by its own name."""
    return METRICS.get(name, Metric(label=sentence_case(name.replace("_", " "))))


def model(name: str) -> str:
    """A model's name on the screen."""
    return MODELS.get(name, sentence_case(name.replace("_", " ")))


def what_it_is(described: str) -> str:
    """What a cohort is in one sentence: the first of its model's words, without its grain."""
    first = described.partition("\n\n")[0]
    _, is_titled, title = first.partition(" in the cohort: ")
    return ended(title) if is_titled else first


def event(name: str) -> str:
    """A treatment event's name on the screen: `dpp4_inhibitor` is "dpp4 inhibitor"."""
    return name.replace("_", " ")


def step(name: str) -> str:
    """A step's name on the screen: `a+b` is "a + b"."""
    return "no treatment recorded" if name == "None" else event(name).replace("+", " + ")


def line_of_therapy(number: int, n_people: int | None) -> str:
    """A line of therapy with the people who reach it, for an axis."""
    return f"Line {number}<br>n = {count(n_people)}"


def source_of_events(source: str) -> str:
    """Where the records of an event come from, in words."""
    return EVENT_SOURCES.get(source, f"events of the domain {source}")


def path(pathway: str) -> str:
    """A pathway as read aloud: `metformin-insulin` is "metformin → insulin"."""
    return " → ".join(step(one) for one in pathway.split("-"))


def ordered_groups(attribute: str, groups: Iterable[str]) -> list[str]:
    """Groups in the order every page shows them: as listed, then by name, `Unknown` last."""
    listed = GROUP_ORDER.get(attribute, ())
    place = {name: number for number, name in enumerate(listed)}
    return sorted(
        dict.fromkeys(groups), key=lambda name: (name == "Unknown", place.get(name, 99), name)
    )


def count(n: int | None) -> str:
    """A count as text: 2,630; a suppressed one is "withheld"."""
    return WITHHELD if n is None else f"{n:,}"


def people(n: int | None) -> str:
    """A count of people as text; a suppressed one says so."""
    if n is None:
        return "a number of people that is withheld"
    return f"{n:,} {'person' if n == 1 else 'people'}"


def share(value: float | None) -> str:
    """A share of 0 to 1 as a percentage with one decimal, two below 1 %."""
    if value is None:
        return WITHHELD
    if 0 < value < 0.0001:
        return "<0.01\N{NO-BREAK SPACE}%"
    decimals = 2 if 0 < abs(value) < 0.01 else 1
    return f"{100 * value:.{decimals}f}\N{NO-BREAK SPACE}%"


def value(amount: float | None, name: str) -> str:
    """A metric's value as text, as a percentage where the metric is a share."""
    if amount is None:
        return "–"
    text = share(amount) if metric(name).is_share else f"{amount:.{metric(name).decimals}f}"
    return text.replace("-", "−")


def characteristic(row: Mapping[str, object]) -> str:
    """A group's share, or mean with its standard deviation, as text."""
    middle, spread = number(row["mean"]), number(row["sd"])
    if row["kind"] != "value" or row["share"] is None:
        return share(number(row["share"]))
    if middle is None:
        return "–"
    return measured(middle) + (f" ({measured(spread)})" if spread is not None else "")


def measured(amount: float) -> str:
    """A measured number as text, with the digits it takes to read it."""
    decimals = 0 if abs(amount) >= 100 else 1 if abs(amount) >= 10 else 2
    return f"{amount:,.{decimals}f}".replace("-", "−")


def standardised(amount: float | None) -> str:
    """A standardised mean difference as text."""
    return "–" if amount is None else _signed(amount, 2)


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
    middle, lower, upper = (
        None if end is None else _signed(factor * end, decimals) for end in ends
    )
    between = f" ({lower} to {upper})" if lower is not None and upper is not None else ""
    return f"{middle}{between}{unit}"


def _signed(value: float, decimals: int) -> str:
    """With its sign; what rounds to nothing has none."""
    text = f"{value:+.{decimals}f}"
    return text[1:] if not text.strip("+-0.") else text.replace("-", "−")


def interval(row: Mapping[str, object]) -> str:
    """The 95 % interval of a metric's row as text; empty where there is none."""
    lower, upper = number(row["value_lower"]), number(row["value_upper"])
    if lower is None or upper is None:
        return ""
    name = str(row["metric"])
    return f"{value(lower, name)} to {value(upper, name)}"


def listing(parts: Iterable[str]) -> str:
    """Words in a row: `a, b and c`."""
    *first, last = list(parts)
    return f"{', '.join(first)} and {last}" if first else last


def sentence_case(text: str) -> str:
    """The text with its first letter large and the rest as it was."""
    return text[:1].upper() + text[1:]


def ended(sentence: str) -> str:
    """The sentence with its first letter large and one full stop at its end."""
    return f"{sentence_case(sentence).rstrip('.')}."


def definition(term: str) -> str | None:
    """The glossary's paragraph for a term, or None where the glossary has none."""
    return _glossary(house_root() / "data_contracts" / "glossary.md").get(term.lower())


@cache
def _glossary(file: Path) -> Mapping[str, str]:
    if not file.is_file():
        return {}
    sections = re.split(r"^##+\s+", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found: dict[str, str] = {}
    for section in sections:
        heading, _, body = section.partition("\n")
        paragraph = " ".join(body.strip().split("\n\n")[0].split())
        for term in re.split(r"[,;/]", heading):
            name = term.strip().strip("`*").strip().lower()
            if name and paragraph:
                found.setdefault(name, paragraph)
    return found


def number(cell: object) -> float | None:
    """The cell as a number; None where it holds none."""
    return float(cell) if isinstance(cell, int | float) else None
