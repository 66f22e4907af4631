"""The command `catchment` as a person runs it: in a process of its own, with what it printed."""

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from analytics.cli import main

COMMAND = Path(sys.executable).with_name("catchment")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came back: the exit code and both streams."""

    exit_code: int
    stdout: str
    stderr: str


def catchment(*words: str | Path, cwd: Path = ROOT, **environment: str) -> Said:
    """Run `catchment` with these words; `environment` is added to that of the tests."""
    done = subprocess.run(
        [COMMAND, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=900,
    )
    return Said(exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def catchment_here(*words: str | Path, cwd: Path = ROOT, **environment: str) -> Said:
    """The same in this process: quicker, and all that a message on stderr needs."""
    out, err = io.StringIO(), io.StringIO()
    exit_code = 0
    with (
        contextlib.chdir(cwd),
        patch.dict(os.environ, environment),
        patch.object(sys, "argv", ["catchment", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as leaving:
            exit_code = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
    return Said(exit_code=exit_code, stdout=out.getvalue(), stderr=err.getvalue())


def worked(said: Said) -> Said:
    """The same, after making sure that it ended well and said nothing on stderr."""
    assert (said.exit_code, said.stderr) == (0, ""), said.stdout + said.stderr
    return said


def printed_rows(stdout: str, title: str) -> list[list[str]]:
    """The cells of the table printed under a title, one list for each row."""
    lines = stdout.splitlines()
    below = lines[next(at for at, line in enumerate(lines) if line.startswith(title)) + 1 :]
    rule = next(at for at, line in enumerate(below) if line.strip().startswith("──"))
    rows: list[list[str]] = []
    for line in below[rule + 1 :]:
        if not line.strip():
            return rows
        cells = [cell.strip() for cell in line.strip().split("   ") if cell.strip()]
        if len(cells) == 1 and rows:  # a cell that went on in a second line
            rows[-1][1] += f" {cells[0]}"
        else:
            rows.append(cells)
    return rows
