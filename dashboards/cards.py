"""The numbers at the top of each page, each with how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from dashboards import amounts, metrics
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
        Card(label="People at the first rule", value=amounts.count(first["n_people"])),
        Card(label="People in the study", value=amounts.count(last["n_people"])),
        Card(
            label="Index dates",
            value=amounts.count(last["n_rows"]),
            help="A person can have several index dates; each is a row of the study.",
        ),
        Card(
            label="People with the outcome",
            value=amounts.count(last["n_people_with_outcome"]),
            note=f"{amounts.count(last['n_outcomes'])} outcomes",
        ),
    ]


def performance(rows: pl.DataFrame, model_name: str) -> list[Card]:
    """The main model's metrics with their intervals."""
    cards = []
    for name in MODEL_CARDS:
        row = one_row(rows, model_name=model_name, metric=name)
        if row:
            interval = metrics.interval(row)
            cards.append(
                Card(
                    label=metrics.metric(name).short or metrics.metric(name).label,
                    value=metrics.value(amounts.number(row["value"]), name),
                    help=metrics.metric(name).reading,
                    note=f"95 %: {interval}" if interval else None,
                )
            )
    everyone = one_row(of_model(rows, model_name), metric="outcome_rate")
    if everyone:
        rate = metrics.value(amounts.number(everyone["value"]), "outcome_rate")
        cards.append(
            Card(label="Outcome rate", value=rate, help=metrics.metric("outcome_rate").reading)
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
        Card(label="People in the target cohort", value=amounts.count(total[0] if total else None)),
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
    return amounts.count(n_people if isinstance(n_people, int) else None)


def quality(checks: pl.DataFrame, asked: pl.DataFrame) -> list[Card]:
    """OHDSI's checks that failed, breaches of our contracts, and checks that say nothing.

    `checks` are those of our contracts, `asked` OHDSI's.
    """
    failed, broken = with_status(asked, "failed"), with_status(checks, "breached")
    structural = broken.filter(pl.col("severity") == "structural").height
    touching = failed.filter(pl.col("studies") != "").height
    return [
        Card(
            label="OHDSI's checks failed",
            value=f"{failed.height:,}",
            help="Of the checks that can stop a study or show that a table is broken.",
            note=f"of {with_status(asked, 'failed', 'passed').height:,} made",
        ),
        Card(
            label="Of these touch a study",
            value=f"{touching:,}",
            help="They are about a table or concept that a shipped study uses.",
        ),
        Card(
            label="Structural breaches",
            value=f"{structural:,}",
            help="A table, column or key is not as the contract says. They stop a build.",
        ),
        Card(
            label="Row breaches",
            value=f"{broken.height - structural:,}",
            help="Rules that some rows break. They stop a run only past the contract's share.",
            note=f"{with_status(checks, 'passed').height:,} checks passed",
        ),
        Card(
            label="Not made",
            value=f"{_of_both(checks, asked, 'not_checked'):,}",
            note=f"{_of_both(checks, asked, 'error'):,} in error",
        ),
    ]


def _of_both(checks: pl.DataFrame, asked: pl.DataFrame, status: str) -> int:
    return with_status(checks, status).height + with_status(asked, status).height


def risk(people: pl.DataFrame, shown: pl.DataFrame) -> list[Card]:
    """How many people the filters leave, and the range of their risk."""
    risks = shown["risk"].sort().to_list()
    return [
        Card(label="People on the list", value=amounts.count(people["person_id"].n_unique())),
        Card(label="People shown", value=amounts.count(shown["person_id"].n_unique())),
        Card(label="Highest risk shown", value=amounts.share(risks[-1]) if risks else "–"),
        Card(label="Lowest risk shown", value=amounts.share(risks[0]) if risks else "–"),
        Card(label="Data up to", value=f"{people['as_of_date'].to_list()[0]:%-d %b %Y}"),
    ]
