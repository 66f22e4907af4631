"""What TreatmentPatterns 3.1.0 was given and what it found: the recorded runs, in our words."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analytics.days import to_day
from analytics.pathways import Pathways, find_pathways
from analytics.studies import PathwaySettings
from tests.support.shared import shared_agreement

COLUMNS = {
    "event": pl.String,
    "person_id": pl.Int64,
    "start_day": pl.Int32,
    "end_day": pl.Int32,
}
Line = tuple[int, int, int]  # target, person, episode
Step = tuple[str, date, date, int]  # event, start, end, days


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the package: its settings, its cohort rows, and the steps it found."""

    name: str
    settings: dict[str, object]
    rows: list[dict]
    observed: dict[Line, list[Step]]

    def asked(self, compat: str) -> PathwaySettings:
        """The run's settings, read in one of the two ways."""
        return PathwaySettings.model_validate({**self.settings, "compat": compat})

    def found(self, compat: str) -> dict[Line, list[Step]]:
        """Our steps of each target, person and episode that has any."""
        asked = self.asked(compat)
        steps: dict[Line, list[Step]] = {}
        for target in asked.targets:
            for row in self._pathways(asked, target).steps.to_dicts():
                line = target, row["person_id"], row["episode"]
                step = row["event"], row["start_date"], row["end_date"], row["duration_days"]
                steps.setdefault(line, []).append(step)
        return steps

    def as_files(self, folder: Path, compat: str) -> dict[str, Path]:
        """The run as `catchment pathways` takes it: cohorts, settings and out, in `folder`."""
        folder.mkdir()
        settings = {name: value for name, value in self.settings.items() if value is not None}
        (folder / "settings.yaml").write_text(json.dumps({**settings, "compat": compat}))
        dates = pl.col("cohort_start_date", "cohort_end_date").str.to_date()
        pl.DataFrame(self.rows).with_columns(dates).write_parquet(folder / "rows.parquet")
        return {
            "cohorts": folder / "rows.parquet",
            "settings": folder / "settings.yaml",
            "out": folder / "out",
        }

    def _pathways(self, asked: PathwaySettings, target: int) -> Pathways:
        return find_pathways(
            asked,
            targets=self._frame({target: "target"}),
            events=self._frame(asked.events),
            exits=self._frame(asked.exits),
        )

    def _frame(self, names) -> pl.DataFrame:
        rows = [
            (
                names[row["cohort_definition_id"]],
                row["subject_id"],
                to_day(date.fromisoformat(row["cohort_start_date"])),
                to_day(date.fromisoformat(row["cohort_end_date"])),
            )
            for row in self.rows
            if row["cohort_definition_id"] in names
        ]
        return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def paths(steps: dict[Line, list[Step]]) -> dict[Line, str]:
    """The pathway of each line: its events joined by `-`."""
    return {line: "-".join(step[0] for step in taken) for line, taken in steps.items()}


def recorded_runs(kind: str) -> list[Run]:
    """The runs of a kind: `cases`, `own_cases` or `random_cases`."""
    cases = json.loads((shared_agreement("treatmentpatterns") / "cases.json").read_text())[kind]
    return [_run(case) for case in cases]


def _run(case: dict) -> Run:
    cohorts = {
        role: {c["cohortId"]: c["cohortName"] for c in case["cohorts"] if c["type"] == role}
        for role in ("target", "event", "exit")
    }
    parameters = {
        re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower(): (
            tuple(value) if isinstance(value, list) else value
        )
        for name, value in case["params"].items()
    }
    observed: dict[Line, list[tuple[int, Step]]] = {}
    for row in case["observed_history"] or []:
        start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        line = row["target"], row["subject_id"], row["n_target"]
        step = row["event"], start, end, row["durationEra"]
        observed.setdefault(line, []).append((row["eventSeq"], step))
    return Run(
        name=case.get("test") or f"seed {case['seed']}",
        settings={
            **parameters,
            "targets": cohorts["target"],
            "events": cohorts["event"],
            "exits": cohorts["exit"],
        },
        rows=case["rows"],
        observed={line: [step for _, step in sorted(steps)] for line, steps in observed.items()},
    )
