"""Marts, and the gate behind which small cells stay: build with dbt, then publish."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from analytics.contracts import load_contracts
from analytics.pipelines import fingerprints
from analytics.pipelines.built_workspace import check_is_built, ohdsi_frame, quality_frame
from analytics.pipelines.steps import Display, Runner, Step, StepRecord, StepResult
from analytics.pipelines.study_results import list_answered, list_withheld, step_name
from analytics.pipelines.touched_studies import with_studies
from analytics.settings import current_settings
from analytics.warehouse import Workspace, keep_results, publish, run_dbt, write_results
from analytics.warehouse.publishing import POINTER

EVERY_STUDY = ""


def publish_marts(*, workspace: Path, display: Display, runner: Runner | None = None) -> Runner:
    """Write the run log and the quality checks as results, build the marts, publish them.

    Everything that any study left in `results` is published, not only what this run did, but for
    what does not count (see `study_results.py`): the run log says why, and what to do.
    Raises BadInputError for a workspace whose last build did not come to its end.
    """
    place = Workspace(root=workspace)
    check_is_built(place)
    runner = runner or Runner(place.state, display)
    settings = current_settings()
    withheld = list_withheld(place)
    for study in withheld:
        runner.forget(step_name(study))
    inputs = {
        "withheld": fingerprints.of_mapping(withheld),
        "steps": fingerprints.of_mapping({record.name: record.key for record in _ended(place)}),
        "dbt": fingerprints.of_house("dbt_project"),
        "contracts": fingerprints.of_house("data_contracts"),
        "code": fingerprints.of_rooms("disclosure", "warehouse"),
        "smallest_cell": str(settings.smallest_cell),
    }
    run_id = f"run-{fingerprints.of_mapping(inputs)}"
    runner.run(
        Step(
            name="marts",
            title="Build the marts with dbt",
            inputs=inputs,
            do=lambda: _build_marts(place, runner.records, withheld, run_id),
            outputs=(place.warehouse,),
        )
    )
    runner.run(
        Step(
            name="publish",
            title="Publish, small cells withheld",
            inputs=inputs,
            do=lambda: _publish(place, run_id, settings.smallest_cell),
            outputs=(place.published / POINTER, place.published / run_id),
        )
    )
    return runner


def say_what_is_stale(workspace: Path) -> tuple[str, ...]:
    """After a build, of each study on the pages whose results do not count: why, and what to do.

    Pages show what was published before until somebody publishes again.
    """
    place, where = Workspace(root=workspace), f" --workspace {workspace}"
    if not (place.published / POINTER).is_file():
        return ()
    if not (withheld := list_withheld(place, where=where)):
        return ()
    return (
        *withheld.values(),
        "Until then pages show what was published before. To take these studies off them: "
        f"catchment publish{where}",
    )


def run_log(
    place: Workspace, records: Sequence[StepRecord], withheld: Mapping[str, str]
) -> pl.DataFrame:
    """One row for each study and step of the workspace, in the order they ended.

    Of a study whose results are withheld, one row alone, with the reason as its `note`.
    """
    statuses = {record.name: record.status for record in records}
    ended = _ended(place)
    rows = [
        {
            "study": record.study,
            "step": record.title,
            "status": statuses.get(record.name, record.status),
            "n_people": record.n_people,
            "seconds": record.seconds,
            "finished_at": _finished(record),
            "note": None,
        }
        for record in ended
        if record.study not in withheld
    ] + [
        {
            "study": study,
            "step": "Results withheld",
            "status": "withheld",
            "n_people": None,
            "seconds": 0.0,
            "finished_at": max(map(_finished, ended)),
            "note": reason,
        }
        for study, reason in withheld.items()
    ]
    schema = {
        "study": pl.String,
        "step": pl.String,
        "status": pl.String,
        "n_people": pl.Int64,
        "seconds": pl.Float64,
        "finished_at": pl.Datetime,
        "note": pl.String,
    }
    return pl.DataFrame(rows, schema=schema).with_columns(
        step_number=pl.int_range(1, pl.len() + 1).over("study").cast(pl.Int32)
    )


def _finished(record: StepRecord) -> datetime:
    return datetime.fromisoformat(record.finished_at).replace(tzinfo=None)


def _ended(place: Workspace) -> list[StepRecord]:
    """Every step that ended in this workspace before its marts, in the order it was done."""
    records = Runner(place.state).ended()
    kept = [record for record in records if record.name not in ("marts", "publish")]
    return sorted(kept, key=lambda record: (record.study, record.position))


def _build_marts(
    place: Workspace, records: Sequence[StepRecord], withheld: Mapping[str, str], run_id: str
) -> StepResult:
    keep_results(place, set(list_answered(place)) - set(withheld))
    of_every_study = {
        "quality_check": quality_frame(place),
        "ohdsi_check": with_studies(ohdsi_frame(place), place),
    }
    frames = {
        name: frame.with_columns(study=pl.lit(EVERY_STUDY))
        for name, frame in of_every_study.items()
    } | {"run_step": run_log(place, records, withheld)}
    for name, ready in frames.items():
        for study in ready["study"].unique(maintain_order=True):
            rows = ready.filter(pl.col("study") == study)
            write_results(place, {name: rows}, run_id=run_id, study=study)
    built = run_dbt(place, ["build", "--selector", "marts"])
    return StepResult(
        detail=f"{len(built.node_names)} models and tests", notes=tuple(withheld.values())
    )


def _publish(place: Workspace, run_id: str, smallest_cell: int) -> StepResult:
    folder = publish(place, run_id, load_contracts("marts"), smallest_cell)
    return StepResult(detail=f"into {folder}")
