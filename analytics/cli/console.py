"""What a person at the terminal sees: progress while steps run, and tables of what came out."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from analytics.settings import current_settings

if TYPE_CHECKING:
    import polars as pl
    from rich.status import Status

    from analytics.contracts.differences import Difference
    from analytics.pipelines.steps import Step, StepRecord
    from analytics.pipelines.studies import Answer
    from analytics.quality import QualityReport
    from analytics.quality.check_result import CheckRun

SHOWN_ROWS = 40
EXAMPLES_SHOWN = 3
WIDTH_IN_A_PIPE = 160


class StepDisplay:
    """A spinner for the step at work, one line for each step that has ended."""

    def __init__(self, console: Console, status: "Status") -> None:
        self._console = console
        self._status = status
        self._study = ""
        self._smallest_cell = current_settings().smallest_cell

    def started(self, step: "Step") -> None:
        """Name the step that begins."""
        self._status.update(f"{step.title} …")

    def progressed(self, title: str, done: int, in_all: int, of: str = "people") -> None:
        """Say how far the step at work is."""
        self._status.update(f"{title} … {done:,} of {in_all:,} {of}")

    def ended(self, record: "StepRecord") -> None:
        """Say what the step counted and how long it took, or that it was reused; then its notes.

        The name of a study stands above its steps.
        """
        if record.study != self._study:
            self._study = record.study
            if record.study:
                self._console.print(f"[bold]{record.study}[/bold]", highlight=False)
        reused = record.status == "reused"
        people = ""
        if record.n_people is not None:
            from analytics.disclosure.in_words import count_in_words  # not for --help: polars

            people = f"{count_in_words(record.n_people, self._smallest_cell)} people"
        self._console.print(
            f"[green]✓[/green] {record.title:<34}"
            f"{people:>18}  "
            + ("[dim]unchanged, reused[/dim]" if reused else f"{record.seconds:6.1f} s")
            + (f"  [dim]{record.detail}[/dim]" if record.detail else ""),
            highlight=False,
            soft_wrap=True,
        )
        for said in record.told:
            line = Text(f"  · {said}", style="dim")
            self._console.print(line, highlight=False, soft_wrap=True)
        for note in record.notes:
            line = Text(f"  ! {note}", style="yellow")
            self._console.print(line, highlight=False, soft_wrap=True)
        self._status.update("…")


@contextmanager
def step_display(*, to_stderr: bool = False) -> Iterator[StepDisplay]:
    """Show progress while the block runs, and the whole time at its end."""
    console = Console(stderr=to_stderr)
    begun = time.perf_counter()
    with console.status("…") as status:
        yield StepDisplay(console, status)
    console.print(f"[dim]{time.perf_counter() - begun:.1f} s in all[/dim]", highlight=False)


def print_tables(tables: "Sequence[tuple[str, pl.DataFrame]]") -> None:
    """Print frames as tables, each under its title."""
    console = _wide_console()
    for title, frame in tables:
        console.print(title, style="bold", highlight=False, markup=False)
        if frame.is_empty():
            console.print("  nothing to show\n")
            continue
        shown = Table(box=SIMPLE_HEAD)
        for name in frame.columns:
            numeric = frame.schema[name].is_numeric() or name.startswith("n_")
            shown.add_column(name.replace("_", " "), justify="right" if numeric else "left")
        for row in frame.head(SHOWN_ROWS).iter_rows():
            shown.add_row(*(escape(_cell(value)) for value in row))
        console.print(shown)
        if frame.height > SHOWN_ROWS:
            console.print(f"… and {frame.height - SHOWN_ROWS} more rows", style="dim")
        console.print()


def print_answer(answer: "Answer") -> None:
    """Print the tables, then what was passed over, then what the answer rests on all the same."""
    print_tables(answer.tables())
    for sentence in (*(f"Passed over: {said}" for said in answer.passed_over), *answer.waivers):
        print(f"{sentence}\n")


def print_moved_people(moved: "pl.DataFrame", old: str, new: str) -> None:
    """Print whom a change of a definition moves; what is withheld says so."""
    import polars as pl

    counts = moved.select("n_people", "n_old_rows", "n_new_rows")
    told = [
        pl.Series(name, ["withheld" if count is None else f"{count:,}" for count in counts[name]])
        for name in counts.columns
    ]
    title = f"How many people the change moves: OLD is {old}, NEW is {new}"
    print_tables([(title, moved.select("people_who_are").with_columns(*told))])
    if moved["is_suppressed"].any():
        smallest_cell = current_settings().smallest_cell
        print(f"Counts of 1 to {smallest_cell - 1} are withheld, and what would tell them.")


def print_breaches(report: "QualityReport") -> None:
    """Print what the house's own rules found, the gravest first."""
    import polars as pl

    found = [finding for finding in report.findings if finding.status in ("breached", "error")]
    rows = [
        {
            "severity": finding.severity,
            "status": finding.status,
            "what was found": finding.message,
            "rows": finding.n_violated,
            "share": finding.share,
            "examples": "; ".join(finding.examples[:EXAMPLES_SHOWN]),
        }
        for finding in found
    ]
    title = f"{len(found)} of {len(report.findings)} rules of the house found something"
    print_tables([(title, pl.DataFrame(rows, infer_schema_length=None))])
    for absent in report.absent_tables:
        print(f"! {absent.message}")


def print_failed_checks(run: "CheckRun") -> None:
    """Print which of OHDSI's checks failed, the gravest and largest share first, and the counts."""
    import polars as pl

    gravest = ("fatal", "convention", "characterization")
    failed = sorted(
        (result for result in run.results if result.status in ("failed", "error")),
        key=lambda one: (gravest.index(one.check.kind.severity), -(one.pct_violated or 0.0)),
    )
    rows = [
        {
            "severity": one.check.kind.severity,
            "check": one.check.check_id,
            "status": one.status,
            "rows": one.num_violated_rows,
            "of": one.num_denominator_rows,
            "percent": None if one.pct_violated is None else 100 * one.pct_violated,
            "limit": one.check.threshold,
        }
        for one in failed
    ]
    title = f"{len(failed)} of {len(run.results)} checks failed (reading {run.reading})"
    print_tables([(title, pl.DataFrame(rows, infer_schema_length=None))])
    for note in run.notes:
        print(f"! {note}")
    if run.sample < 1:
        print(f"! Of a sample: {run.sample:g} of the people.")
    counts = ", ".join(
        f"{n:,} {status.replace('_', ' ')}" for status, n in sorted(run.counts.items())
    )
    print(f"{counts}; {run.seconds:.1f} s")


def print_differences(found: "Sequence[Difference]") -> None:
    """Print what changed between contracts, the breaking first, and how much of it is."""
    import polars as pl

    rows = [
        {
            "": "breaking" if one.is_breaking else "not breaking",
            "where": one.place,
            "what": one.what,
        }
        for one in found
    ]
    n_breaking = sum(one.is_breaking for one in found)
    title = f"{len(found)} change{'s' * (len(found) != 1)}, {n_breaking} breaking"
    print_tables([(title, pl.DataFrame(rows, infer_schema_length=None))])


def _wide_console() -> Console:
    """A console as wide as the terminal; in a pipe, wide enough for a rule in words."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH_IN_A_PIPE)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
