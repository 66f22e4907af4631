"""What a run shows at the terminal: the published tables of a study, small cells withheld.

A terminal is copied into tickets and chats, so it shows what a page shows and no more. True counts
stand in the schema `results` of the workspace's warehouse.
"""

from pathlib import Path

import polars as pl

from analytics.contracts import load_contracts
from analytics.disclosure import suppress
from analytics.disclosure.in_words import count_in_words
from analytics.evaluation.performance import METRICS
from analytics.pipelines.artefacts import load_frame
from analytics.pipelines.predicting import RisksAsOf
from analytics.pipelines.study_run import StudyRun
from analytics.settings import current_settings
from analytics.studies import NO_TREATMENT, PathwayStudy, Study
from analytics.warehouse import Workspace, read_published

Tables = list[tuple[str, pl.DataFrame]]
SHOWN_ON_LIST = 10
WITHHELD = "withheld"
NOT_APPLICABLE = "–"
COUNTS = ("n_rows", "n_people", "n_outcomes", "n_people_with_outcome")


def study_tables(study: Study | PathwayStudy, place: Workspace) -> Tables:
    """The attrition and performance of a study, or its commonest pathways, as published."""
    if isinstance(study, PathwayStudy):
        paths = read_published(place.published, "treatment_pathway")
        return [_pathway_table(study, paths.filter(pl.col("study") == study.name))]
    cohort = read_published(place.published, "cohort_attrition")
    attrition = read_published(place.published, "study_attrition")
    performance = read_published(place.published, "model_performance")
    return [
        *_rule_tables(
            study,
            cohort.filter(pl.col("cohort_name") == study.target),
            attrition.filter(pl.col("study") == study.name),
        ),
        (
            f"{study.title}: performance (95 % interval)",
            _side_by_side(study, performance.filter(pl.col("study") == study.name)),
        ),
    ]


def attrition_tables(run: StudyRun) -> Tables:
    """The attrition of a study that was not published: withheld here by the same rules."""
    contracts = load_contracts("marts")
    rules = {
        name: rule
        for name in ("cohort_attrition", "study_attrition")
        if (rule := contracts[name].disclosure) is not None
    }
    folder = run.folder("population")
    frames = {
        "cohort_attrition": load_frame(folder, "cohort_rules"),
        "study_attrition": load_frame(folder, "attrition").with_columns(
            study=pl.lit(run.study.name)
        ),
    }
    shown = suppress(frames, rules, run.settings.smallest_cell)
    return _rule_tables(run.study, shown["cohort_attrition"], shown["study_attrition"])


def risk_tables(study: Study, risks: RisksAsOf, target: Path) -> Tables:
    """How many people got a risk, and where the risks were written; few people are not counted."""

    def told(n_people: int) -> str:
        return count_in_words(n_people, current_settings().smallest_cell)

    counted = pl.DataFrame(
        {
            "n_people": [told(risks.prediction["person_id"].n_unique())],
            "n_within_capacity": [told(int(risks.prediction["is_flagged"].sum()))],
            "mean_risk": [risks.prediction["risk"].mean()],
            "written_to": [str(target)],
        },
        schema_overrides={"mean_risk": pl.Float64},
    )
    return [(f"{study.title}, as of {risks.as_of}", counted)]


def _rule_tables(study: Study, cohort: pl.DataFrame, attrition: pl.DataFrame) -> Tables:
    return [
        (
            f"Cohort {study.target}: what each rule left",
            _rules(cohort.sort("rule_number").with_columns(is_applied=True), "rule_number"),
        ),
        (
            f"{study.title}: what each rule left",
            _rules(attrition.sort("step_number"), "step_number"),
        ),
    ]


def _rules(rules: pl.DataFrame, number: str) -> pl.DataFrame:
    """One row for each rule: what remained, and how many rows it left out (no rule: nothing)."""
    is_a_step = pl.col("is_applied") & (pl.col(number) > pl.col(number).min())
    n_left_out = pl.col("n_rows").shift() - pl.col("n_rows")
    counts = [name for name in COUNTS if name in rules.columns]
    return rules.select(
        number,
        "rule",
        *(_count(pl.col(name)).alias(name) for name in counts),
        n_left_out=pl.when(is_a_step).then(_count(n_left_out)).otherwise(pl.lit(NOT_APPLICABLE)),
    )


def _count(count: pl.Expr) -> pl.Expr:
    as_text = count.map_elements(lambda number: f"{number:,}", return_dtype=pl.String)
    return as_text.fill_null(WITHHELD)


def _side_by_side(study: Study, performance: pl.DataFrame) -> pl.DataFrame:
    """One row for each metric, one column for each model: value and interval as text."""
    value, lower, upper = (
        pl.col(name).round(3).cast(pl.String) for name in ("value", "value_lower", "value_upper")
    )
    nothing = pl.when("is_suppressed").then(pl.lit(WITHHELD)).otherwise(pl.lit(NOT_APPLICABLE))
    shown = pl.coalesce(pl.format("{} ({} to {})", value, lower, upper), value, nothing)
    in_order = pl.col("metric").replace_strict({name: at for at, name in enumerate(METRICS)})
    return (
        performance.with_columns(shown=shown)
        .sort(in_order)
        .pivot(on="model_name", index="metric", values="shown")
        .select("metric", *study.models)
    )


def _pathway_table(study: PathwayStudy, paths: pl.DataFrame) -> tuple[str, pl.DataFrame]:
    shown = (
        paths.filter(pl.col("n_people").is_not_null())
        .sort("n_people", "pathway", descending=[True, False])
        .head(SHOWN_ON_LIST)
        .select(
            pl.col("pathway").replace(NO_TREATMENT, "no treatment recorded"),
            _count(pl.col("n_people")).alias("n_people"),
        )
    )
    n_withheld = paths.height - paths["n_people"].count()
    rest = f" ({n_withheld} of {paths.height} pathways withheld)" if n_withheld else ""
    return f"{study.title}: commonest pathways{rest}", shown
