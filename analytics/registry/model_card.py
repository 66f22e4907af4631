"""The model card: one plain sheet about a model, for those who decide whether to use it."""

import polars as pl

from analytics.fairness import AS_RISKS_DO, JUDGED
from analytics.registry.left_out import left_out_in_words
from analytics.registry.package import ModelPackage
from analytics.registry.withhold import ShownCounts
from analytics.studies import blind_spot

METRIC_IN_WORDS = {
    "auroc": "Discrimination (AUROC; 0.5 is chance, 1 is perfect)",
    "auprc": "Area under precision and recall (AUPRC; chance is the outcome rate)",
    "brier": "Brier score (0 is perfect)",
    "calibration_intercept": "Calibration intercept (0 is right, above 0 risks are too low)",
    "calibration_slope": "Calibration slope (1 is right, below 1 risks are too extreme)",
    "observed_expected_ratio": "Observed over expected outcomes (1 is right)",
    "outcome_rate": "Outcome rate",
}

VALIDATION_IN_WORDS = {
    "test_set": "on people kept aside, whom the model never saw",
    "cross_validation": "by cross-validation: each person judged by a model that never saw them",
}


def write_model_card(package: ModelPackage, model_id: str) -> str:
    """The sheet as Markdown. Small counts are withheld already in the package."""
    study = package.study
    sections = [
        f"# {study.title}: {package.model.name}",
        f"Model {model_id} of study `{study.name}`. Question: {study.question}",
        "## What it predicts",
        f"The risk of {study.outcome_in_words}, from 0 to 1, for one person at one index date. "
        f"A person is flagged from a risk of {package.model.threshold:.3f} up.",
        "## Intended use",
        study.intended_use.strip(),
        "## Whom it learned from",
        _counts(package.learned_from),
        _covariates(package.covariates),
        "## What was left out",
        left_out_in_words(package.left_out),
        f"## How well it does, {VALIDATION_IN_WORDS.get(package.validation, package.validation)}",
        _counts(package.evaluated_on),
        _performance(package.performance),
        "## Does it serve groups alike?",
        _audit(package.audit),
        "## What the audit cannot see",
        blind_spot(study.outcome_seen_as).words,
        *_waivers(package),
        "## Limits",
        _limits(package),
        "## Made with",
        ", ".join(f"{name} {version}" for name, version in package.versions.items()),
    ]
    return "\n\n".join(sections) + "\n"


def _counts(counts: ShownCounts) -> str:
    return (
        f"{_number(counts.n_rows)} rows of {_number(counts.n_people)} people; "
        f"{_number(counts.n_people_with_outcome)} people with the outcome."
    )


def _number(count: int | None) -> str:
    return "few (withheld)" if count is None else f"{count:,}"


def _covariates(covariates: pl.DataFrame) -> str:
    by_domain = covariates.group_by("domain").len().sort("domain")
    listed = ", ".join(f"{domain} {n:,}" for domain, n in by_domain.iter_rows())
    return f"{covariates.height:,} covariates, all from before the index date: {listed}."


def _performance(performance: pl.DataFrame) -> str:
    lines = ["| figure | value | 95% interval |", "|---|---|---|"]
    for row in performance.iter_rows(named=True):
        words = METRIC_IN_WORDS.get(row["metric"], row["metric"])
        lines.append(f"| {words} | {_figure(row['value'])} | {_interval(row)} |")
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "not shown" if value is None else f"{value:.3f}"


def _interval(row: dict[str, float | None]) -> str:
    if row["value"] is None or row["value_lower"] is None:
        return "none"
    return f"{_figure(row['value_lower'])} to {_figure(row['value_upper'])}"


def _audit(audit: pl.DataFrame) -> str:
    """Say what was found, and as loudly what could not be judged."""
    compared = audit.filter(pl.col("attribute") != "overall")
    lines = []
    for attribute in compared["attribute"].unique(maintain_order=True):
        groups = compared.filter(pl.col("attribute") == attribute)
        found = [
            f"**disparity** in {row['metric'].replace('_', ' ')} for {row['group_name']} "
            f"({_figure(row['value'])}; difference to {row['reference_group']} "
            f"{_figure(row['difference'])})"
            for row in groups.filter(pl.col("verdict") == "disparity").iter_rows(named=True)
        ]
        within = _names(groups, "within limit")
        if not found and within:
            found = [f"no disparity found among {within}"]
        as_risks_do = _names(groups, AS_RISKS_DO)
        if as_risks_do:
            found.append(f"error rates differ as risks do for {as_risks_do}")
        too_few = _names(groups, "too few to show", "too few to judge")
        if too_few:
            found.append(f"too few people to say anything of {too_few}")
        lines.append(f"- {attribute.replace('_', ' ')}: {'; '.join(found) or 'one group only'}.")
    if not lines:
        return "No attribute was audited."
    lines.insert(0, f"{_counted(compared)}\n")
    lines.append(
        "\nCalibration within groups and equal error rates cannot both hold where outcome rates "
        "differ. That no disparity was found does not show that there is none."
    )
    return "\n".join(lines)


def _counted(compared: pl.DataFrame) -> str:
    n_disparities = compared.filter(pl.col("verdict") == "disparity").height
    n_judged = compared.filter(pl.col("verdict").is_in(JUDGED)).height
    return (
        f"{n_disparities} of {n_judged} comparisons show a disparity after allowance for the "
        "number of groups and measures."
    )


def _names(groups: pl.DataFrame, *verdicts: str) -> str:
    here = groups.filter(pl.col("verdict").is_in(verdicts))
    return ", ".join(here["group_name"].unique(maintain_order=True))


def _waivers(package: ModelPackage) -> list[str]:
    """The data past a limit on which the model rests, and who signed for that; nothing if none."""
    if not package.waivers:
        return []
    return ["## Data past their limits", "\n".join(f"- {said}" for said in package.waivers)]


def _limits(package: ModelPackage) -> str:
    lines = [
        "- It ranks people by risk. It does not say what would lower a risk, and a reason is an "
        "association, not a cause.",
        "- It was evaluated on people of one source of data and has not been evaluated elsewhere.",
        "- Nothing recorded is taken as nothing recorded: care given elsewhere is not seen.",
    ]
    n_with_outcome = package.evaluated_on.n_people_with_outcome
    if n_with_outcome is None or n_with_outcome < 100:
        lines.append(
            f"- The evaluation rests on {_number(n_with_outcome)} people with the outcome: "
            "read the intervals, not the values."
        )
    return "\n".join(lines)
