"""Definitions and a CDM in, the rows of their cohorts out: compiled, built through dbt, written.

The same compiler and the same models as `cohorts add`, in a project that lasts as long as this.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadInputError, RunFailedError
from analytics.pipelines.cohort_places import WarehouseName, open_cohort_warehouse
from analytics.pipelines.cohort_project import (
    cdm_tables_read,
    cohort_models,
    note_of_unknown_concepts,
    write_cohort_project,
)
from analytics.pipelines.named_definitions import CompiledDefinitions, compile_definitions
from analytics.pipelines.place_for_out import prepare_file
from analytics.pipelines.steps import Display, Runner, Step, StepResult
from analytics.warehouse.cohort_rows import write_cohort_rows
from analytics.warehouse.cohort_warehouse import CohortWarehouse
from analytics.warehouse.dbt_invocation import DbtOutcome, invoke_dbt

MOST_SHOWN = 10
BUILDING = "Build the cohorts with dbt"


@dataclass(frozen=True, kw_only=True)
class GeneratedCohorts:
    """What came of the definitions: rows by id, and reasons for those that gave none.

    `refused` are files that cannot be read or compiled, by their names; `failed` are cohorts whose
    models the warehouse could not build, by their ids.
    """

    out: Path
    n_rows: Mapping[int, int]
    refused: Mapping[str, str]
    failed: Mapping[int, str]

    def check_complete(self) -> None:
        """Raise the error that says which definitions have no rows in the file, and why."""
        left = f"{len(self.n_rows)} cohorts stand in {self.out}; these are missing there:\n"
        if self.failed:
            raise RunFailedError(left + "\n".join([*self.failed.values(), *self.refused.values()]))
        if self.refused:
            raise BadInputError(left + "\n".join(self.refused.values()))


@dataclass(frozen=True, kw_only=True)
class BuiltCohorts:
    """Cohorts that stand in a warehouse: the table of each by its id, and why others do not."""

    place: CohortWarehouse
    tables: Mapping[int, str]
    failed: Mapping[int, str]


def generate_cohorts(
    *,
    cdm: str,
    definitions: Path,
    out: Path,
    warehouse: WarehouseName = "duckdb",
    display: Display | None = None,
) -> GeneratedCohorts:
    """Write one row for each cohort and row of it in OHDSI's shape, sorted, as one Parquet file.

    `cdm` is a folder or a DuckDB file, on Spark a folder of Parquet, on PostgreSQL a URL that names
    the CDM's schema. The file is written aside and renamed. A definition that is refused, or that
    the warehouse cannot build, stops no other. Raises BadInputError when none compiles, and
    RunFailedError when none can be built; then nothing is written.
    """
    prepare_file(out, such_as="rows.parquet")
    with tempfile.TemporaryDirectory(prefix="catchment-cohorts-") as temporary:
        folder = Path(temporary)
        runner = Runner(folder / "state", display)
        compiled = _compile(runner, definitions)
        with built_cohorts(
            compiled, cdm=cdm, warehouse=warehouse, runner=runner, folder=folder
        ) as built:
            n_rows = _write(runner, built, folder / "rows", out)
    return GeneratedCohorts(out=out, n_rows=n_rows, refused=compiled.refused, failed=built.failed)


@contextmanager
def built_cohorts(
    compiled: CompiledDefinitions,
    *,
    cdm: str,
    warehouse: WarehouseName,
    runner: Runner,
    folder: Path,
    more_tables: frozenset[str] = frozenset(),
) -> Iterator[BuiltCohorts]:
    """The cohorts of compiled definitions, built on a CDM, for a `with` block.

    `folder`, which the caller removes, takes the project; `more_tables` of the CDM are opened
    besides those that the definitions read. Raises RunFailedError when none can be built.
    """
    with ExitStack() as stack:
        tables = cdm_tables_read(list(compiled.cohorts.values())) | more_tables
        place = _open(runner, warehouse, cdm, tables, folder, stack)
        failed = _build(runner, place, compiled, folder / "project")
        models = {
            number: cohort.one_model.name
            for number, cohort in compiled.cohorts.items()
            if number not in failed
        }
        yield BuiltCohorts(place=place, tables=models, failed=failed)


def _compile(runner: Runner, definitions: Path) -> CompiledDefinitions:
    found: list[CompiledDefinitions] = []

    def do() -> StepResult:
        compiled = compile_definitions(definitions)
        if not compiled.cohorts:
            listed = "\n".join(compiled.refused.values())
            raise BadInputError(f"none of the definitions in {definitions} compiles:\n{listed}")
        found.append(compiled)
        n_models = sum(len(cohort_models(cohort)) for cohort in compiled.cohorts.values())
        return StepResult(
            detail=f"{len(compiled.cohorts)} definitions, {n_models} models",
            notes=_note_of(len(compiled.refused)),
        )

    runner.run(Step(name="compile", title="Compile the definitions", inputs={}, do=do))
    return found[0]


def _note_of(n_refused: int) -> tuple[str, ...]:
    if not n_refused:
        return ()
    are = "definitions are" if n_refused > 1 else "definition is"
    return (f"{n_refused} {are} refused; the end says why.",)


def _open(
    runner: Runner,
    warehouse: WarehouseName,
    cdm: str,
    tables: frozenset[str],
    folder: Path,
    stack: ExitStack,
) -> CohortWarehouse:
    found: list[CohortWarehouse] = []

    def do() -> StepResult:
        place = stack.enter_context(open_cohort_warehouse(warehouse, cdm, tables, folder))
        found.append(place)
        lacking = ", ".join(sorted(tables - place.cdm_tables))
        note = f"This CDM has no {lacking}, which definitions read; read as empty."
        return StepResult(detail=f"on {warehouse}", notes=(note,) if lacking else ())

    runner.run(Step(name="open", title="Open the CDM", inputs={}, do=do))
    return found[0]


def _build(
    runner: Runner, place: CohortWarehouse, compiled: CompiledDefinitions, project: Path
) -> Mapping[int, str]:
    """Build all models; why, for each cohort that could not be built."""
    failed: dict[int, str] = {}
    cohorts = compiled.cohorts
    names = {number: frozenset(cohort_models(cohort)) for number, cohort in cohorts.items()}
    in_all = len(frozenset().union(*names.values()))
    done: list[None] = []

    def on_node() -> None:
        done.append(None)
        runner.display.progressed(BUILDING, min(len(done), in_all), in_all, of="models")

    def do() -> StepResult:
        write_cohort_project(project, list(cohorts.values()), place)
        outcome = invoke_dbt(project, ["build", "--no-write-json"], on_node=on_node)
        if not outcome.succeeded:
            place.check_answers()
        failed.update(_failed(outcome, names, place))
        unknown = note_of_unknown_concepts(place)
        return StepResult(
            detail=f"{len(outcome.seconds_by_node)} models",
            notes=(unknown,) if unknown else (),
        )

    runner.run(Step(name="build", title=BUILDING, inputs={}, do=do))
    return failed


def _failed(
    outcome: DbtOutcome, names: Mapping[int, frozenset[str]], place: CohortWarehouse
) -> dict[int, str]:
    """Why each cohort was not built; raises RunFailedError when that is so of all."""
    broken = set(outcome.failures) | set(outcome.skipped)
    failed = {number: models & broken for number, models in names.items() if models & broken}
    if outcome.fault or len(failed) == len(names):
        reasons = [f"{name}: {said}" for name, said in outcome.failures.items()]
        listed = "\n".join(f"  - {each}" for each in [*reasons, outcome.fault][:MOST_SHOWN] if each)
        raise RunFailedError(place.without_secrets(f"dbt could build no cohort:\n{listed}"))
    return {
        number: place.without_secrets(
            f"{number}.json: "
            + "; ".join(
                f"{name}: {outcome.failures.get(name, 'not built, since what it reads was not')}"
                for name in sorted(models)
            )
        )
        for number, models in failed.items()
    }


def _write(runner: Runner, built: BuiltCohorts, folder: Path, out: Path) -> dict[int, int]:
    n_rows: dict[int, int] = {}

    def do() -> StepResult:
        n_rows.update(write_cohort_rows(built.place, built.tables, folder, out))
        return StepResult(detail=f"{sum(n_rows.values()):,} rows of {len(n_rows)} cohorts in {out}")

    runner.run(Step(name="write", title="Write the rows", inputs={}, do=do))
    return n_rows
