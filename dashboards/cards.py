"""The numbers at the top of each page, each with how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from dashboards import words
from dashboards.choosing import group_verdicts, of_model, one_row, with_status
from dashboards.palette import OTHERS

MODEL_CARDS = ("auroc", "auprc", "brier", "observed_expected_ratio", "calibration_slope")


@dataclass(frozen=True, kw_only=True)
class Card:
    """A number that matters, its name, how to read it, and a short note under it."""

    label: str
    value: str
    help: str | None = None
    note: str | None = None


def population(attrition: pl.DataFrame) -> list[Card]:
    """Where the study began, who remains, and who had the outcome."""
    applied = attrition.filter(pl.col("is_applied"))
    first, last = applied.row(0, named=True), applied.row(-1, named=True)
    return [
        Card(label="People at the first rule", value=words.count(first["n_people"])),
        Card(label="People in the study", value=words.count(last["n_people"])),
        Card(
            label="Index dates",
            value=words.count(last["n_rows"]),
            help="A person can have several index dates; each is a row of the study.",
        ),
        Card(
            label="People with the outcome",
            value=words.count(last["n_people_with_outcome"]),
            note=f"{words.count(last['n_outcomes'])} outcomes",
        ),
    ]


def performance(rows: pl.DataFrame, model_name: str) -> list[Card]:
    """The main model's metrics with their intervals."""
    cards = []
    for name in MODEL_CARDS:
        row = one_row(rows, model_name=model_name, metric=name)
        if row:
            interval = words.interval(row)
            cards.append(
                Card(
                    label=words.metric(name).short or words.metric(name).label,
                    value=words.value(words.number(row["value"]), name),
                    help=words.metric(name).reading,
                    note=f"95 %: {interval}" if interval else None,
                )
            )
    everyone = one_row(of_model(rows, model_name), metric="outcome_rate")
    if everyone:
        rate = words.value(words.number(everyone["value"]), "outcome_rate")
        cards.append(
            Card(label="Outcome rate", value=rate, help=words.metric("outcome_rate").reading)
        )
    return cards


def verdicts(audit: pl.DataFrame) -> list[Card]:
    """How many groups got which verdict, over all metrics."""
    found = list(group_verdicts(audit).values())
    return [
        Card(
            label="No disparity",
            value=str(found.count("within limit")),
            help="Groups with at least one metric judged, and none that differs both by more than "
            "the limit and by more than chance. With few people that proves little: look at the "
            "intervals.",
        ),
        Card(
            label="Differ by more",
            value=str(found.count("disparity")),
            help="Groups that differ from their reference group by more than the limit in at least "
            "one metric, beyond chance and beyond what their risks explain.",
        ),
        Card(
            label="Differ as risks do",
            value=str(found.count("differs as risks do")),
            help="Groups that differ by more than the limit, as they would if every risk were "
            "right: more, or fewer, of them are at high risk.",
        ),
        Card(
            label="Too few to judge",
            value=str(found.count("too few to judge")),
            help="Groups with too few people with the outcome for a verdict. Never read as fair.",
        ),
        Card(
            label="Too few to show",
            value=str(found.count("too few to show")),
            help="Groups so small that their numbers could point at people.",
        ),
        Card(label="Reference groups", value=str(found.count("reference"))),
    ]


def paths(pathways: pl.DataFrame) -> list[Card]:
    """How many people, how many untreated, how many paths, how many on rare ones."""
    total = pathways["n_people_total"].drop_nulls().to_list()
    shown = pathways.filter(~pl.col("pathway").is_in([*OTHERS, "None"])).drop_nulls("n_people")
    others = one_row(pathways, pathway="Other pathways")
    return [
        Card(label="People in the target cohort", value=words.count(total[0] if total else None)),
        Card(
            label="No treatment recorded",
            value=_people_of(one_row(pathways, pathway="None")),
        ),
        Card(label="Paths shown", value=f"{shown.height:,}"),
        Card(
            label="People on rarer paths",
            value=_people_of(others),
            help="Paths that so few people followed that naming them could point at people; they "
            "are counted together.",
        ),
    ]


def _people_of(row: Mapping[str, object]) -> str:
    n_people = row.get("n_people", 0)
    return words.count(n_people if isinstance(n_people, int) else None)


def quality(checks: pl.DataFrame) -> list[Card]:
    """Breaches by severity, and checks that say nothing."""
    broken = with_status(checks, "breached")
    structural = broken.filter(pl.col("severity") == "structural").height
    return [
        Card(
            label="Structural breaches",
            value=f"{structural:,}",
            help="A table, column or key is not as the contract says. They stop a build.",
        ),
        Card(
            label="Row breaches",
            value=f"{broken.height - structural:,}",
            help="Rules that some rows break. They stop a run only past the contract's share.",
        ),
        Card(label="Checks passed", value=f"{with_status(checks, 'passed').height:,}"),
        Card(label="Not made", value=f"{with_status(checks, 'not_checked').height:,}"),
        Card(label="Ended in an error", value=f"{with_status(checks, 'error').height:,}"),
    ]


def risk(people: pl.DataFrame, shown: pl.DataFrame) -> list[Card]:
    """How many people the filters leave, and the range of their risk."""
    risks = shown["risk"].sort().to_list()
    return [
        Card(label="People on the list", value=words.count(people["person_id"].n_unique())),
        Card(label="People shown", value=words.count(shown["person_id"].n_unique())),
        Card(label="Highest risk shown", value=words.share(risks[-1]) if risks else "–"),
        Card(label="Lowest risk shown", value=words.share(risks[0]) if risks else "–"),
        Card(label="Data up to", value=f"{people['as_of_date'].to_list()[0]:%-d %b %Y}"),
    ]
