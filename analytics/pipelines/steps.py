"""Steps that are done once for each content of their inputs, and again when that changes.

A step is forgotten before it runs and remembered only after it has ended, so that a run killed
at any moment starts again exactly there. Where several steps write into one file and it is gone,
all of them are forgotten.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from analytics.pipelines import fingerprints


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What a step has to say when it has ended: people counted, a few words, a warning or two.

    `told` are lines about what was done this time, which are not said again when it is reused.
    """

    n_people: int | None = None
    detail: str = ""
    notes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One piece of work.

    `inputs` are fingerprints by name; it is reused only while all `outputs` stand. `study` is
    empty for steps that serve every study; `position` orders the steps of a study.
    """

    name: str
    title: str
    study: str = ""
    position: int = 0
    inputs: Mapping[str, str]
    do: Callable[[], StepResult]
    outputs: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """What is remembered of a step that has ended."""

    name: str
    title: str
    study: str
    position: int
    key: str
    status: str
    n_people: int | None
    detail: str
    seconds: float
    finished_at: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    notes: Sequence[str] = ()
    told: Sequence[str] = ()


class Display(Protocol):
    """Whoever shows progress."""

    def started(self, step: Step) -> None:
        """A step begins."""

    def progressed(self, title: str, done: int, in_all: int, of: str = "people") -> None:
        """The step of this title has done so many people (or what `of` says) of all."""

    def ended(self, record: StepRecord) -> None:
        """A step has run, or was reused."""


class Silent:
    """Shows nothing."""

    def started(self, step: Step) -> None:
        """Say nothing."""

    def progressed(self, title: str, done: int, in_all: int, of: str = "people") -> None:
        """Say nothing."""

    def ended(self, record: StepRecord) -> None:
        """Say nothing."""


class Runner:
    """Runs steps in order and remembers them in `folder` (one JSON file for each step)."""

    def __init__(self, folder: Path, display: Display | None = None) -> None:
        self.folder = folder
        self.display = display or Silent()
        self.records: list[StepRecord] = []

    def run(self, step: Step) -> StepRecord:
        """Reuse the step when its inputs are unchanged and its outputs stand; else do it."""
        key = fingerprints.of_mapping(step.inputs)
        gone = [path for path in step.outputs if not path.exists()]
        self._forget_makers_of(gone)
        remembered = self.remembered(step.name)
        if remembered and remembered.key == key and not gone:
            record = StepRecord(**{**vars(remembered), "status": "reused", "told": ()})
        else:
            record = self._do(step, key)
        self.records.append(record)
        self.display.ended(record)
        return record

    def remembered(self, name: str) -> StepRecord | None:
        """The last ended run of a step, or None; a damaged record counts as none."""
        try:
            return StepRecord(**json.loads(self._file(name).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def ended(self) -> list[StepRecord]:
        """Every step that is remembered, by name."""
        names = sorted(path.stem for path in self.folder.glob("*.json"))
        return [record for name in names if (record := self.remembered(name))]

    def forget(self, name: str) -> None:
        """Have a step done anew when it next comes up."""
        self._file(name).unlink(missing_ok=True)

    def _forget_makers_of(self, gone: Sequence[Path]) -> None:
        names = {self._name_of(path) for path in gone}
        for record in self.ended() if names else ():
            if names & set(record.outputs):
                self._file(record.name).unlink(missing_ok=True)

    def _name_of(self, output: Path) -> str:
        """An output as it is remembered: seen from here, so that a workspace can be moved."""
        return os.path.relpath(output, self.folder)

    def _do(self, step: Step, key: str) -> StepRecord:
        self.display.started(step)
        self._file(step.name).unlink(missing_ok=True)
        begun = time.perf_counter()
        result = step.do()
        record = StepRecord(
            name=step.name,
            title=step.title,
            study=step.study,
            position=step.position,
            key=key,
            status="ran",
            n_people=result.n_people,
            detail=result.detail,
            seconds=round(time.perf_counter() - begun, 3),
            finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            inputs=dict(step.inputs),
            outputs=[self._name_of(path) for path in step.outputs],
            notes=result.notes,
            told=result.told,
        )
        write_aside(self._file(step.name), json.dumps(vars(record), indent=1))
        return record

    def _file(self, name: str) -> Path:
        return self.folder / f"{name.replace('/', '.')}.json"


def write_aside(path: Path, text: str) -> None:
    """Write a text file so that it is either the old one or the new one, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text)
    partial.replace(path)


def replace_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder aside, then put it in the place of the old one."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    fill(partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
