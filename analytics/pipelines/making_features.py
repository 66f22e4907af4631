"""A CDM, a cohort and settings in; covariates, their names, the certificate and a matrix out.

People are done in shards, tables one after another. A run that was killed goes on where it was, as
long as nothing that was handed in has changed.
"""

import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import cast

import polars as pl

from analytics.errors import RunFailedError
from analytics.features.making import settle_all
from analytics.features.prespecified import PolarsCdm
from analytics.features.prespecified.cohort_rows import index_dates
from analytics.features.prespecified.settling import Found, Settled
from analytics.pipelines import fingerprints
from analytics.pipelines.feature_files import FILES, Written, write_features
from analytics.pipelines.feature_manifest import MANIFEST, is_done, told_in, write_manifest
from analytics.pipelines.feature_opening import open_cdm, open_natively, people_in_shards
from analytics.pipelines.feature_pieces import Piece, make_pieces
from analytics.pipelines.feature_plan import FeaturePlan, FeatureRequest, read_request
from analytics.pipelines.feature_rows import notes_on_rows
from analytics.pipelines.feature_shards import Shard, records_at_once, values_at_once
from analytics.pipelines.place_for_out import prepare_folder
from analytics.pipelines.steps import Display, Runner, Step, StepResult
from analytics.settings import current_settings
from analytics.warehouse.cdm_files import n_rows, parquet_tables

MAKING = ".making-"
BUILDING = "Build the covariates"
PERIOD = ("observation_period_start_day", "observation_period_end_day")

Pieces = Sequence[tuple[Shard, Sequence[Piece]]]


def make_features(request: FeatureRequest, display: Display | None = None) -> Path:
    """Write `FILES` and a manifest into `request.out`; the path of the manifest.

    The manifest comes last: where it stands, the files beside it are whole and belong together.
    Raises `BadInputError` for what cannot be used, and `RunFailedError` where a row after the last
    day allowed was read; then nothing is kept.
    """
    with tempfile.TemporaryDirectory(prefix="catchment-features-") as state:
        runner = Runner(Path(state), display)
        plan = _read(runner, request)
        manifest = request.out / MANIFEST
        if is_done(manifest, plan.key):
            _reuse(runner, manifest)
            return manifest
        making = _making_folder(plan)
        tables = _lay_out(runner, plan, making)
        try:
            pieces = _build(runner, plan, tables, making)
            settled = _settle(runner, plan, tables, pieces)
        except RunFailedError:
            shutil.rmtree(making, ignore_errors=True)
            raise
        _write(runner, plan, tables, pieces, settled, making)
    return manifest


def _read(runner: Runner, request: FeatureRequest) -> FeaturePlan:
    read: list[FeaturePlan] = []

    def do() -> StepResult:
        plan = read_request(request)
        prepare_folder(request.out)
        read.append(plan)
        rows = plan.cohort.rows
        n_analyses = len(plan.settings.prespecified) + len(plan.settings.ones_own)
        return StepResult(
            n_people=rows["subject_id"].n_unique(),
            detail=f"{rows.height:,} rows, {n_analyses} analyses",
        )

    runner.run(Step(name="read", title="Read the request", inputs={}, do=do))
    return read[0]


def _reuse(runner: Runner, manifest: Path) -> None:
    def do() -> StepResult:
        return StepResult(
            detail=f"nothing has changed: {manifest.parent} stays as it is",
            notes=told_in(manifest),
        )

    runner.run(Step(name="reuse", title=BUILDING, inputs={}, do=do))


def _making_folder(plan: FeaturePlan) -> Path:
    """Where work in progress lies. That of other requests is removed, and so is an old manifest."""
    out = plan.request.out
    key = fingerprints.of_mapping({**plan.inputs, "memory": f"{plan.memory_gib:g}"})
    making = out / f"{MAKING}{key}"
    for other in out.glob(f"{MAKING}*"):
        if other != making:
            shutil.rmtree(other, ignore_errors=True)
    (out / MANIFEST).unlink(missing_ok=True)
    making.mkdir(exist_ok=True)
    return making


def _lay_out(runner: Runner, plan: FeaturePlan, making: Path) -> dict[str, str]:
    """Where the Parquet of each table lies, copied by person where that is needed."""
    found: dict[str, str] = {}

    def do() -> StepResult:
        most = records_at_once(plan.memory_gib)
        open_tables = partial(
            parquet_tables,
            plan.source,
            plan.columns,
            making / "cdm",
            memory_gib=plan.memory_gib / 2,
            threads=current_settings().threads,
        )
        found.update(open_tables(by_person=False))
        is_large = any(n_rows(found[name]) > most for name in plan.event_tables if name in found)
        if is_large and plan.request.engine == "polars":
            found.update(open_tables(by_person=True))
        copied = sum(Path(location).parent == making / "cdm" for location in found.values())
        return StepResult(detail=f"{len(found)} tables, {copied} copied by person")

    runner.run(Step(name="lay_out", title="Open the CDM", inputs={}, do=do))
    return found


def _build(runner: Runner, plan: FeaturePlan, tables: dict[str, str], making: Path) -> Pieces:
    made: list[tuple[Shard, Sequence[Piece]]] = []
    rows = plan.cohort.rows
    in_all = rows["subject_id"].n_unique()

    def do() -> StepResult:
        shards = people_in_shards(plan, tables)
        native = open_natively(plan, tables, max(shard.n_people for shard in shards))
        n_done = 0
        for number, shard in enumerate(shards):
            pieces = make_pieces(
                open_cdm(plan, tables, shard),
                index_dates(rows.slice(shard.start, shard.stop - shard.start)),
                plan.settings,
                making / f"shard-{number:05}",
                native=native,
                on_table=partial(_say_table, runner.display, n_done, in_all),
            )
            made.append((shard, pieces))
            n_done += shard.n_people
        return StepResult(
            n_people=in_all,
            detail=f"{len(shards)} shard{'s' * (len(shards) != 1)} of people"
            + (f"; {len(native.served)} analyses natively" if native else ""),
        )

    runner.run(Step(name="build", title=BUILDING, inputs={}, do=do))
    return made


def _say_table(display: Display, n_done: int, in_all: int, table: str) -> None:
    display.progressed(f"{BUILDING}: {table}", n_done, in_all)


def _settle(runner: Runner, plan: FeaturePlan, tables: dict[str, str], pieces: Pieces) -> Settled:
    settled: list[Settled] = []

    def do() -> StepResult:
        found = Found.of_all([piece.found() for _, each in pieces for piece in each])
        settled.append(settle_all(found, open_cdm(plan, tables, None), plan.settings))
        return StepResult(
            detail=f"{settled[0].covariate_ref.height:,} covariates; no row after the last day "
            "allowed was read"
        )

    runner.run(Step(name="settle", title="Name covariates, certify", inputs={}, do=do))
    return settled[0]


def _write(
    runner: Runner,
    plan: FeaturePlan,
    tables: dict[str, str],
    pieces: Pieces,
    settled: Settled,
    making: Path,
) -> None:
    out, title = plan.request.out, "Write the files"
    in_all = plan.cohort.rows["subject_id"].n_unique()
    done: list[Shard] = []

    def on_shard(shard: Shard) -> None:
        done.append(shard)
        runner.display.progressed(title, sum(each.n_people for each in done), in_all)

    def do() -> StepResult:
        final = making / "final"
        shutil.rmtree(final, ignore_errors=True)
        final.mkdir()
        written = write_features(
            final,
            plan.cohort.rows,
            pieces,
            settled,
            most_values=values_at_once(plan.memory_gib),
            on_shard=on_shard,
        )
        warnings = (*_notes(plan, tables, written), *settled.warnings)
        for name in FILES:
            (final / name).replace(out / name)
        write_manifest(out, plan, settled, written, warnings, n_shards=len(pieces))
        shutil.rmtree(making, ignore_errors=True)
        return StepResult(detail=f"{written.n_values:,} values in {out}", notes=warnings)

    runner.run(Step(name="write", title=title, inputs={}, do=do))


def _notes(plan: FeaturePlan, tables: dict[str, str], written: Written) -> tuple[str, ...]:
    """What is to be known of the rows and the matrix, in words."""
    of_rows = notes_on_rows(
        plan.cohort.rows,
        _frame(tables, "person", "person_id"),
        _frame(tables, "observation_period", "person_id", *PERIOD),
    )
    clashes = (
        f"{written.n_left_out:,} values stand beside another of the same row and covariate (units "
        "that clash): the matrix has the lowest, covariates.parquet has all."
    )
    return (*of_rows, *((clashes,) if written.n_left_out else ()))


def _frame(tables: dict[str, str], name: str, *columns: str) -> pl.LazyFrame | None:
    """One row for each row of a table, dates as days; None where the CDM has no such table."""
    if name not in tables:
        return None
    frame = PolarsCdm({name: pl.scan_parquet(tables[name])}).table(name)
    return cast(pl.LazyFrame, frame.select(*columns).to_native())
