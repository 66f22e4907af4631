"""The words the pages say: names of models, groups, verdicts and studies, paths read aloud."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from analytics.days import AGE_BANDS
from analytics.errors import BadInputError
from analytics.studies import BlindSpot, Study, blind_spot, load_study
from dashboards import amounts

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
VERDICT_SIGNS = {
    "within limit": "●",
    "differs as risks do": "◇",
    "disparity": "◆",
    "too few to judge": "○",
    "too few to show": "–",
    "reference": "■",
    "not judged": "·",
    "more than others": "◆",
    "less than others": "◇",
    "first rule": "",
}
"""A sign beside each verdict: colour is never the only one."""
GROUPED_BY = {
    "sex": "Sex",
    "age_band": "Age at the event",
    "race": "Race",
    "ethnicity": "Ethnicity",
}
"""What the attrition of a cohort is shown by."""
CHECK_SEVERITIES = {
    "fatal": "fatal: must not be",
    "convention": "convention not kept",
    "characterization": "implausible data",
}
"""OHDSI's severity of a check, with what it means."""
CHECKS_BY = {"table_name": "Table", "check_name": "Kind of check", "severity": "Severity"}
"""What OHDSI's checks are counted by."""
RECORDED_BY = {
    "race": "Race",
    "ethnicity": "Ethnicity",
    "care_site": "Care site",
    "sex": "Sex",
    "age_band": "Age in the last observed year",
}
"""What recording is shown by."""
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
    return f"Line {number}<br>n = {amounts.count(n_people)}"


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
