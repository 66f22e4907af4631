"""Cohort rows and settings in, pathways out: each person's, and counts without small cells."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from analytics.disclosure.in_words import count_in_words
from analytics.errors import BadInputError
from analytics.pathways.cohort_rows import (
    Oddity,
    TargetPathways,
    oddities,
    pathways_of_rows,
)
from analytics.pathways.durations import ALL_LINES, ON_TREATMENT
from analytics.pathways.lines import STARTS
from analytics.pathways.withholding import COUNTS, count_and_withhold
from analytics.pipelines.showing import Tables
from analytics.pipelines.steps import Display, Runner, Step, StepResult, write_aside
from analytics.settings import current_settings
from analytics.studies import PathwaySettings, read_pathway_settings
from analytics.warehouse.cohort_row_file import read_cohort_rows

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class PathwaysOfRows:
    """What was written to `out`, as it is shown at the terminal."""

    out: Path
    compat: str
    pathway_counts: pl.DataFrame
    treatment_line: pl.DataFrame
    treatment_duration: pl.DataFrame

    def tables(self) -> Tables:
        """The commonest pathways, the lines of treatment, and the durations over all lines."""
        counts = self.pathway_counts.filter(pl.col("attribute") == "overall")
        lines = self.treatment_line.filter(pl.col("what_follows") == STARTS)
        overall = self.treatment_duration.filter(
            (pl.col("measure") == ON_TREATMENT) & (pl.col("line_number") == ALL_LINES)
        )
        return [
            (
                f"Pathways (compat: {self.compat}), the commonest; everything is in {self.out}",
                counts.select("target_name", "pathway", "n_people", "n_people_total", "share").head(
                    SHOWN
                ),
            ),
            (
                "Who starts which treatment in which line",
                lines.select(
                    "target_name", "line_number", "treatment", "n_people", "n_people_total"
                ).head(SHOWN),
            ),
            (
                "Days of each treatment, over all lines",
                overall.select(
                    "target_name", "treatment", "n_people", "days_q1", "days_median", "days_q3"
                ).head(SHOWN),
            ),
        ]


def find_pathways_of_rows(
    *, cohorts: Path, settings: Path, out: Path, display: Display | None = None
) -> PathwaysOfRows:
    """Write pathways.parquet, steps.parquet, pathway_counts.parquet and the tables about lines.

    pathways: target_id, person_id, episode, pathway. steps: target_id, person_id, episode, step,
    event, start_date, end_date, duration_days. The others count people, small cells withheld:
    pathway_counts, treatment_line, treatment_duration, treatment_persistence and
    treatment_days_covered, in the columns of the marts (`data_contracts/marts/`).
    `settings.yaml` beside them says what was asked, the reading (`compat`) above all. Each file is
    written aside and renamed. Raises BadInputError for rows or settings that cannot be used.
    """
    smallest_cell = current_settings().smallest_cell
    with tempfile.TemporaryDirectory(prefix="catchment-pathways-") as state:
        runner = Runner(Path(state), display)
        asked, rows = _read(runner, cohorts, settings, smallest_cell)
        found = _find(runner, asked, rows)
        counted = _count(runner, asked, found, smallest_cell)
        _write(runner, asked, {**_of_each_person(found), **counted}, out)
    return PathwaysOfRows(
        out=out,
        compat=asked.compat,
        pathway_counts=counted[COUNTS],
        treatment_line=counted["treatment_line"],
        treatment_duration=counted["treatment_duration"],
    )


def _read(
    runner: Runner, cohorts: Path, settings: Path, smallest_cell: int
) -> tuple[PathwaySettings, pl.DataFrame]:
    read: list[tuple[PathwaySettings, pl.DataFrame]] = []

    def do() -> StepResult:
        if not settings.is_file():
            raise BadInputError(f"--settings {settings} is no file. Name a YAML file of settings.")
        asked, rows = read_pathway_settings(settings), read_cohort_rows(cohorts)
        read.append((asked, rows))
        return StepResult(
            n_people=rows["subject_id"].n_unique(),
            detail=f"{rows.height:,} rows, compat: {asked.compat}",
            notes=tuple(_in_words(oddity, smallest_cell) for oddity in oddities(rows, asked))
            + _export_notes(asked, smallest_cell),
        )

    runner.run(Step(name="read", title="Read rows and settings", inputs={}, do=do))
    return read[0]


def _in_words(oddity: Oddity, smallest_cell: int) -> str:
    count = count_in_words(oddity.count, smallest_cell) if oddity.count else "no"
    return f"{count} {oddity.says}."


def _export_notes(asked: PathwaySettings, smallest_cell: int) -> tuple[str, ...]:
    if asked.min_cell_count is None or asked.min_cell_count >= smallest_cell:
        return ()
    return (
        f"min_cell_count: {asked.min_cell_count} is not used: the smallest cell shown here is "
        f"{smallest_cell}.",
    )


def _find(runner: Runner, asked: PathwaySettings, rows: pl.DataFrame) -> list[TargetPathways]:
    found: list[TargetPathways] = []

    def do() -> StepResult:
        found.extend(pathways_of_rows(rows, asked))
        n_people = sum(one.found.person_pathway["person_id"].n_unique() for one in found)
        pathways = pl.concat(one.found.person_pathway["pathway"] for one in found)
        return StepResult(n_people=n_people, detail=f"{pathways.n_unique():,} different pathways")

    runner.run(Step(name="find", title="Find the pathways", inputs={}, do=do))
    return found


def _count(
    runner: Runner, asked: PathwaySettings, found: list[TargetPathways], smallest_cell: int
) -> dict[str, pl.DataFrame]:
    counted: dict[str, pl.DataFrame] = {}
    smallest = max(smallest_cell, asked.min_cell_count or 0)

    def do() -> StepResult:
        counted.update(count_and_withhold(found, asked, smallest))
        return StepResult(detail=f"nothing of fewer than {smallest} people is told")

    runner.run(Step(name="count", title="Count and withhold small cells", inputs={}, do=do))
    return counted


def _of_each_person(found: list[TargetPathways]) -> dict[str, pl.DataFrame]:
    pathways, steps = [], []
    for one in found:
        target = pl.lit(one.target_id, dtype=pl.Int64).alias("target_id")
        pathways.append(one.found.person_pathway.select(target, pl.exclude("n_steps")))
        steps.append(one.found.steps.select(target, pl.all()))
    return {"pathways": pl.concat(pathways), "steps": pl.concat(steps)}


def _write(
    runner: Runner, asked: PathwaySettings, frames: Mapping[str, pl.DataFrame], out: Path
) -> None:
    def do() -> StepResult:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInputError(f"--out {out} cannot be made: {error.strerror}.") from None
        for name, frame in frames.items():
            aside = out / f".{name}.parquet.partial"
            frame.write_parquet(aside)
            aside.replace(out / f"{name}.parquet")
        write_aside(out / "settings.yaml", _as_yaml(asked))
        return StepResult(detail=f"{', '.join(frames)} and settings.yaml in {out}")

    runner.run(Step(name="write", title="Write", inputs={}, do=do))


def _as_yaml(asked: PathwaySettings) -> str:
    """The settings as they were used, in a form that can be read again."""
    used = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asked.model_dump().items()
        if value is not None
    }
    return yaml.safe_dump(used, sort_keys=False)
