"""Run dbt inside the workspace, on a copy of the project, and say in one message what failed.

The installation is never written to: the project is copied to `W/dbt`, with a profile that names
this workspace's warehouse. A data engineer can go on there by hand (`dbt docs generate`).
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from analytics.errors import RunFailedError
from analytics.settings import Settings, current_settings, house_root
from analytics.warehouse.dbt_invocation import invoke_dbt
from analytics.warehouse.workspace import Workspace

PROJECT = "dbt_project"
LEFT_BEHIND = frozenset({"target", "logs", "dbt_packages", "profiles.yml", ".user.yml"})
MOST_FAILURES_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class DbtRun:
    """What dbt did: names of the nodes that succeeded, in order, and the seconds each took."""

    seconds_by_node: dict[str, float]

    @property
    def node_names(self) -> tuple[str, ...]:
        """Names of models, seeds and tests, in the order they ended."""
        return tuple(self.seconds_by_node)


def run_dbt(
    workspace: Workspace, args: Sequence[str], *, settings: Settings | None = None
) -> DbtRun:
    """Run e.g. `["build", "--selector", "cohort_layer"]` in the workspace's copy of the project.

    No connection to the warehouse may be open. Raises RunFailedError naming each failing model or
    test with dbt's message.
    """
    copy_project(workspace, settings=settings or current_settings())
    done = invoke_dbt(workspace.dbt, args)
    if done.failures or done.fault:
        failures = [f"{name}: {message}" for name, message in done.failures.items()]
        raise RunFailedError(_in_words(args, [*failures, *filter(None, [done.fault])], workspace))
    return DbtRun(seconds_by_node=dict(done.seconds_by_node))


def copy_project(workspace: Workspace, *, settings: Settings) -> None:
    """Bring `W/dbt` up to the installed project: changed files copied, files gone there removed."""
    source = house_root() / PROJECT
    wanted = {file.relative_to(source): file for file in _files(source)}
    workspace.dbt.mkdir(parents=True, exist_ok=True)
    present = {file.relative_to(workspace.dbt): file for file in _files(workspace.dbt)}
    gone = [name for name in present if name not in wanted]
    changed = [
        name
        for name, file in wanted.items()
        if name not in present or present[name].read_bytes() != file.read_bytes()
    ]
    for name in gone:
        present[name].unlink()
    for name in changed:
        copied = workspace.dbt / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(wanted[name], copied)
    if gone or changed:
        # dbt's partial parse overlooks tests of a model added beside an unchanged YAML file.
        (workspace.dbt / "target" / "partial_parse.msgpack").unlink(missing_ok=True)
    _write_profile(workspace, settings)


def _files(folder: Path) -> Iterable[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name in LEFT_BEHIND:
            continue
        if entry.is_dir():
            yield from _files(entry)
        elif entry.is_file():
            yield entry


def _write_profile(workspace: Workspace, settings: Settings) -> None:
    duckdb_target = {
        "type": "duckdb",
        "path": str(workspace.warehouse.resolve()),
        "schema": "main",
        # Models run one after another; DuckDB itself uses the threads.
        "threads": 1,
        "settings": {
            "threads": settings.threads,
            "memory_limit": f"{settings.memory_gib:g}GiB",
        },
    }
    profile = {"catchment": {"target": "duckdb", "outputs": {"duckdb": duckdb_target}}}
    (workspace.dbt / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")


def _in_words(args: Sequence[str], failures: Sequence[str], workspace: Workspace) -> str:
    shown = "\n".join(f"  - {failure}" for failure in failures[:MOST_FAILURES_SHOWN])
    more = len(failures) - MOST_FAILURES_SHOWN
    rest = f"\n  and {more} more" if more > 0 else ""
    return (
        f"dbt {' '.join(args)} failed in {workspace.dbt}:\n{shown}{rest}\n"
        f"The compiled SQL lies in {workspace.dbt / 'target'}; to see dbt at work, run it there "
        "by hand."
    )
