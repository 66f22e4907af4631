"""Call dbt on a project folder, in this process, and say what each of its nodes did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

FAILED = frozenset({"error", "fail", "runtime error"})
WORKS = frozenset({"model", "seed", "test", "unit_test"})


@dataclass(frozen=True, kw_only=True)
class DbtOutcome:
    """What dbt did: the seconds of each node that ran, what each that failed says, and its end.

    `fault` is why dbt itself gave up; empty where it came to its end.
    """

    seconds_by_node: Mapping[str, float]
    failures: Mapping[str, str]
    skipped: tuple[str, ...]
    fault: str

    @property
    def succeeded(self) -> bool:
        """Whether dbt came to its end and no node failed."""
        return not self.failures and not self.skipped and not self.fault


def invoke_dbt(
    project: Path, args: Sequence[str], *, on_node: Callable[[], None] | None = None
) -> DbtOutcome:
    """Run dbt with the project and the profile in `project`; `on_node` is told of each node's end.

    dbt leaves no connection open, no log file, and prints nothing.
    """
    # dbt takes two seconds to import.
    from dbt.cli.main import dbtRunner

    # A relative target path dbt would take from the project's folder, not from here.
    project = project.resolve()
    places = [
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(project / "target"), "--log-path", str(project / "logs")),
    ]
    callbacks: list[Callable[[EventMsg], None]] = [_listener(on_node)] if on_node else []
    try:
        answer = dbtRunner(callbacks=callbacks).invoke([*_quiet(), *args, *places])
    finally:
        _close_connections()
    results = list(getattr(answer.result, "results", None) or [])
    failures = {
        result.node.name: _one_line(result.message)
        for result in results
        if str(result.status) in FAILED
    }
    fault = _one_line(answer.exception) if answer.exception is not None else ""
    if not (answer.success or failures or fault):
        fault = "dbt gave no reason"
    return DbtOutcome(
        seconds_by_node={
            result.node.name: float(result.execution_time)
            for result in results
            if str(result.node.resource_type) in WORKS
        },
        failures=failures,
        skipped=tuple(result.node.name for result in results if str(result.status) == "skipped"),
        fault=fault,
    )


def _listener(on_node: Callable[[], None]) -> "Callable[[EventMsg], None]":
    def listen(event: "EventMsg") -> None:
        if event.info.name == "NodeFinished":
            on_node()

    return listen


def _quiet() -> list[str]:
    return [
        # A log file would stay open for the life of the process; failures are told in the error.
        *("--quiet", "--log-level", "none", "--log-level-file", "none"),
        *("--no-use-colors", "--no-send-anonymous-usage-stats"),
    ]


def _close_connections() -> None:
    """Let go of the file: dbt-duckdb keeps its connection for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
