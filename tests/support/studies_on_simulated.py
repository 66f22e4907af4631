"""Simulate, build and answer a study in this process: what the product says beside the truth.

`build_simulated` makes one workspace; `build_side_by_side` builds many small populations, each of
a seed of its own, in one go (most of a build's time does not depend on how many people there are)
and then gives each a workspace of its own. `answer` runs a study up to its audit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.pipelines.build import build_workspace
from analytics.pipelines.judging import audit_step, evaluate_step
from analytics.pipelines.learning import covariates_step, population_step, train_step
from analytics.pipelines.steps import Runner, Silent
from analytics.pipelines.study_run import StudyRun
from analytics.settings import current_settings
from analytics.simulator import simulate
from analytics.simulator.profile import Profile
from analytics.studies import Study, load_study
from analytics.warehouse import Workspace

STUDIES = ("diabetes_onset_1y", "gi_bleed_nsaid_1y", "readmission_30d")
SAME_EVERYWHERE = ("person_id", "care_site_id", "provider_id", "location_id")
FAR_APART = 20_000_000


@dataclass(frozen=True, kw_only=True)
class OnSimulated:
    """A built workspace and the CDM it was built from, which has its truth in `truth/`."""

    workspace: Path
    cdm: Path

    def table(self, name: str) -> pl.DataFrame:
        """One table of the CDM, as written."""
        return pl.read_parquet(self.cdm / f"{name}.parquet")

    def truth(self, name: str) -> pl.DataFrame:
        """One frame of what only the simulator knows (see `simulator/truth/whole.py`)."""
        return pl.read_parquet(self.cdm / "truth" / f"{name}.parquet")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure and the ends of its 95 % interval."""

    value: float
    lower: float
    upper: float

    def in_words(self) -> str:
        """`0.98 (0.91 to 1.05)`."""
        return f"{self.value:.2f} ({self.lower:.2f} to {self.upper:.2f})"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the product says of a study, on the people kept aside.

    `risks` has a row for each person and index date evaluated: `had_outcome` as recorded, `risk`
    of the study's first model, and `race` and `sex`. `audit` and `performance` are the product's.
    """

    study: Study
    risks: pl.DataFrame
    audit: pl.DataFrame
    performance: pl.DataFrame | None
    n_comparisons: int
    notes: tuple[str, ...]

    def performed(self, metric: str) -> Interval:
        """A figure of the model's performance."""
        assert self.performance is not None
        row = self.performance.filter(pl.col("metric") == metric).row(0, named=True)
        return Interval(value=row["value"], lower=row["value_lower"], upper=row["value_upper"])

    def alarms(self) -> list[str]:
        """Each alarm of the audit, in words."""
        found = self.audit.filter(pl.col("verdict") == "disparity")
        return [
            f"{self.study.name}: {metric} of {group} {value:.3f}, {difference:+.3f}"
            for group, metric, value, difference in found.select(
                "group_name", "metric", "value", "difference"
            ).iter_rows()
        ]


def build_simulated(
    folder: Path, *, persons: int, seed: int, profile: str | Profile = "default"
) -> OnSimulated:
    """Simulate people into `folder` and build a workspace of them."""
    made = OnSimulated(workspace=folder / "workspace", cdm=folder / "people")
    simulate(persons=persons, seed=seed, out=made.cdm, profile=profile)
    build_workspace(cdm=made.cdm, workspace=made.workspace, display=Silent())
    return made


def build_side_by_side(
    folder: Path, *, persons: int, seeds: Sequence[int], profile: str | Profile
) -> list[OnSimulated]:
    """For each seed a population of its own, in a workspace that studies can be answered in."""
    alone = [folder / f"people-{seed}" for seed in seeds]
    for position, (seed, out) in enumerate(zip(seeds, alone, strict=True)):
        first = 1 + position * persons
        simulate(persons=persons, seed=seed, out=out, profile=profile, first_person_id=first)
    together = OnSimulated(workspace=folder / "workspace", cdm=folder / "people")
    together.cdm.mkdir()
    for file in alone[0].glob("*.parquet"):
        parts = [pl.read_parquet(each / file.name) for each in alone]
        _one_table(parts).write_parquet(together.cdm / file.name)
    build_workspace(cdm=together.cdm, workspace=together.workspace, display=Silent())
    made = []
    for position, (seed, cdm) in enumerate(zip(seeds, alone, strict=True)):
        own = folder / f"workspace-{seed}"
        first = 1 + position * persons
        _take_people(together.workspace / "landed", own / "landed", first, first + persons - 1)
        made.append(OnSimulated(workspace=own, cdm=cdm))
    return made


def answer(
    name: str,
    built: OnSimulated,
    *,
    models: tuple[str, ...] = ("xgboost",),
    is_evaluated: bool = False,
    **changes: object,
) -> Answered:
    """Run a shipped study up to its audit, with only the `models` named and any other changes."""
    place = Workspace(root=built.workspace)
    study = load_study(name)
    assert isinstance(study, Study)
    study = Study.model_validate({**study.model_dump(), "models": models, **changes})
    run = StudyRun(
        place=place, study=study, runner=Runner(place.state), settings=current_settings()
    )
    steps = [population_step, covariates_step, train_step, audit_step]
    for make in [*steps, evaluate_step] if is_evaluated else steps:
        record = run.runner.run(make(run))
        if make is audit_step:
            audited = record
    people = run.landed("person").select("person_id", "race", "sex")
    risks = pl.read_parquet(run.folder("train") / "risks.parquet")
    evaluated = run.folder("evaluate") / "model_performance.parquet"
    return Answered(
        study=study,
        risks=risks.rename({models[0]: "risk"}).join(people, on="person_id", how="left"),
        audit=pl.read_parquet(run.folder("audit") / "fairness_audit.parquet"),
        performance=pl.read_parquet(evaluated) if is_evaluated else None,
        n_comparisons=int(audited.detail.split(" of ")[1].split()[0]),
        notes=tuple(audited.notes),
    )


def _one_table(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """One row for each row of each part, row ids moved apart; a vocabulary is the same in all."""
    if "person_id" not in parts[0].columns:
        return parts[0]
    numbered = [
        name
        for name, dtype in parts[0].schema.items()
        if name.endswith("_id")
        and dtype.is_integer()
        and not name.endswith("concept_id")
        and name not in SAME_EVERYWHERE
    ]
    return pl.concat(
        part.with_columns(pl.col(numbered) + FAR_APART * position)
        for position, part in enumerate(parts)
    )


def _take_people(landed: Path, own: Path, first: int, last: int) -> None:
    """Copy what was landed, of these people only."""
    for file in landed.rglob("*.parquet"):
        target = own / file.relative_to(landed)
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = pl.scan_parquet(file)
        if "person_id" in rows.collect_schema():
            rows = rows.filter(pl.col("person_id").is_between(first, last))
        rows.collect().write_parquet(target)
