"""Answers kept while a run of checks is at work, so that a run that was killed goes on from there.

One line for each table, after a first line that says what was asked of which CDM: answers to
other questions, of another sample, or of a CDM that has changed since, are not taken.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from analytics.quality.answers import Answered, Question


@dataclass(kw_only=True)
class KeptAnswers:
    """The file, what it is about, and the answers that it held when it was opened, by table."""

    path: Path
    about: str
    held: dict[str, dict[str, Answered]] = field(default_factory=dict)

    def keep(self, table: str, answers: dict[str, Answered]) -> None:
        """Add a table's answers."""
        told = {check_id: asdict(answer) for check_id, answer in answers.items()}
        self._add({"table": table, "answers": told})

    def begin(self) -> None:
        """Write the first line of a new file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self._add({"about": self.about})

    def forget(self) -> None:
        """Remove the file: the run has come to its end."""
        self.path.unlink(missing_ok=True)

    def _add(self, line: dict[str, object]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def open_kept(path: Path, state: str, questions: Sequence[Question], sample: float) -> KeptAnswers:
    """What a run of the same questions about that sample of the CDM left behind, or none yet.

    `state` tells one state of the CDM from another.
    """
    kept = KeptAnswers(path=path, about=_about(state, questions, sample))
    lines = _lines(path)
    if lines and lines[0] == {"about": kept.about}:
        for line in lines[1:]:
            answers = line["answers"]
            assert isinstance(answers, dict)
            kept.held[str(line["table"])] = {
                check_id: Answered(**told) for check_id, told in answers.items()
            }
    else:
        kept.begin()
    return kept


def _lines(path: Path) -> list[dict[str, object]]:
    """Each whole line; one that a kill cut short ends the list."""
    found: list[dict[str, object]] = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                break
    return found


def _about(state: str, questions: Sequence[Question], sample: float) -> str:
    """A fingerprint of the questions as they are asked, of the sample and of the CDM."""
    asked = [
        (check.check_id, check.threshold, [(one.source, one.aggregate) for one in asking.measures])
        for check, asking in questions
    ]
    text = json.dumps([asked, sample, state])
    return hashlib.sha256(text.encode()).hexdigest()
