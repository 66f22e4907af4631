"""What a person at the terminal sees: progress while steps run, and tables of what came out."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import polars as pl
    from rich.status import Status

    from analytics.pipelines.steps import Step, StepRecord

SHOWN_ROWS = 40


class StepDisplay:
    """A spinner for the step at work, one line for each step that has ended."""

    def __init__(self, console: Console, status: "Status") -> None:
        self._console = console
        self._status = status
        self._begun = time.perf_counter()

    def started(self, step: "Step") -> None:
        """Name the step that begins."""
        self._status.update(f"{step.title} …")

    def ended(self, record: "StepRecord") -> None:
        """Say what the step counted and how long it took, or that it was reused."""
        reused = record.status == "reused"
        people = f"{record.n_people:,} people" if record.n_people is not None else ""
        self._console.print(
            f"[green]✓[/green] {record.title:<34}"
            f"{people:>18}  "
            + ("[dim]unchanged, reused[/dim]" if reused else f"{record.seconds:6.1f} s")
            + (f"  [dim]{record.detail}[/dim]" if record.detail else ""),
            highlight=False,
            soft_wrap=True,
        )
        self._status.update("…")


@contextmanager
def step_display() -> Iterator[StepDisplay]:
    """Show progress while the block runs, and the whole time at its end."""
    console = Console()
    begun = time.perf_counter()
    with console.status("…") as status:
        yield StepDisplay(console, status)
    console.print(f"[dim]{time.perf_counter() - begun:.1f} s in all[/dim]", highlight=False)


def print_tables(tables: "Sequence[tuple[str, pl.DataFrame]]") -> None:
    """Print frames as tables, each under its title."""
    console = Console()
    for title, frame in tables:
        shown = Table(title=title, title_justify="left", title_style="bold", show_edge=False)
        for name in frame.columns:
            numeric = frame.schema[name].is_numeric()
            shown.add_column(name.replace("_", " "), justify="right" if numeric else "left")
        for row in frame.head(SHOWN_ROWS).iter_rows():
            shown.add_row(*(_cell(value) for value in row))
        console.print(shown)
        if frame.height > SHOWN_ROWS:
            console.print(f"… and {frame.height - SHOWN_ROWS} more rows", style="dim")
        console.print()


def print_breaches(checks: "pl.DataFrame", out: Path) -> None:
    """Print what a quality check found, the worst first."""
    import polars as pl

    found = checks.filter(pl.col("status").is_in(["breached", "error"])).sort(
        "severity", "n_violated", descending=[True, True]
    )
    columns = ["severity", "status", "table_name", "column_name", "rule", "n_violated", "share", "message"]
    print_tables([(f"{found.height} of {checks.height} checks found something", found.select(columns))])
    print(f"The whole report: {out / 'report.html'} and {out / 'report.json'}")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
