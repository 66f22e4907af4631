"""From a CDM to a workspace: check, land, cohort layer, person-sorted Parquet."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from analytics.contracts import Contract, compile_dbt, load_contracts
from analytics.pipelines import fingerprints
from analytics.pipelines.steps import Display, Runner, Step, StepResult, replace_folder, write_aside
from analytics.quality import QualityReport, check, to_frame, write_report
from analytics.settings import house_root
from analytics.warehouse import (
    CdmSource,
    Workspace,
    land,
    land_events,
    open_cdm,
    read_landed,
    run_dbt,
)

CHECKS = "quality_check.parquet"


def check_cdm(*, cdm: Path, out: Path) -> QualityReport:
    """Hold a CDM against its contracts; the report goes into `out` as JSON and HTML."""
    report = check(open_cdm(cdm), load_contracts("omop_cdm"))
    write_report(report, out)
    return report


def build_workspace(*, cdm: Path, workspace: Path, display: Display) -> Runner:
    """Check and land a CDM and build its cohort layer, doing only what has changed.

    Raises ContractBreachError when the CDM cannot be built on; what was built before stays.
    """
    source = open_cdm(cdm)
    place = Workspace(root=workspace)
    runner = Runner(place.state, display)
    contracts = load_contracts("omop_cdm")
    tables = table_fingerprints(source, contracts)
    contracts_print = fingerprints.of_house("data_contracts/omop_cdm")

    runner.run(_check_step(source, place, contracts, {**tables, "contracts": contracts_print}))
    runner.run(_land_step(runner, source, place, contracts, tables, contracts_print))
    runner.run(_cohort_layer_step(runner, place, tables))
    runner.run(_land_events_step(place, runner))
    return runner


def table_fingerprints(source: CdmSource, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Fingerprint of each contracted table's content; `absent` for one that the CDM lacks."""
    found = source.fingerprints()
    return {f"table:{name}": found.get(name, "absent") for name in sorted(contracts)}


def compile_contracts() -> list[Path]:
    """Write the dbt YAML that follows from the contracts; the files that changed."""
    changed = []
    for path, text in compile_dbt(house_root()).items():
        if not path.exists() or path.read_text() != text:
            write_aside(path, text)
            changed.append(path)
    return changed


def quality_frame(place: Workspace) -> pl.DataFrame:
    """One row for each check of the landed CDM, as the check step left them."""
    return pl.read_parquet(place.root / "quality" / CHECKS)


def _check_step(
    source: CdmSource,
    place: Workspace,
    contracts: Mapping[str, Contract],
    inputs: Mapping[str, str],
) -> Step:
    folder = place.root / "quality"

    def do() -> StepResult:
        report = check(source, contracts)

        def fill(partial: Path) -> None:
            write_report(report, partial)
            to_frame(report).write_parquet(partial / CHECKS)

        replace_folder(folder, fill)
        report.check_can_build()
        frame = to_frame(report)
        breached = frame.filter(pl.col("status") == "breached").height
        return StepResult(
            n_people=report.n_rows.get("person"),
            detail=f"{frame.height} checks, {breached} breached; see {folder}",
            notes=_what_is_lacking(source, contracts),
        )

    return Step(
        name="check",
        position=1,
        title="Hold the CDM against its contracts",
        inputs={**inputs, "code": fingerprints.of_rooms("quality", "contracts")},
        do=do,
        outputs=(folder / CHECKS, folder / "quality_report.html"),
    )


def _what_is_lacking(source: CdmSource, contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    """The tables that the CDM has not, then what cannot be known without them."""
    absent = sorted(set(contracts) - set(source.table_names))
    if not absent:
        return ()
    limits = (contracts[name].limitations for name in absent)
    return (
        f"This CDM has no {', '.join(absent)}; read as empty.",
        *(f"No {name}. {limit}" for name, limit in zip(absent, limits, strict=True) if limit),
    )


def _land_step(
    runner: Runner,
    source: CdmSource,
    place: Workspace,
    contracts: Mapping[str, Contract],
    tables: Mapping[str, str],
    contracts_print: str,
) -> Step:
    inputs = {
        **tables,
        "contracts": contracts_print,
        "code": fingerprints.of_rooms("warehouse"),
    }
    changed = _changed_tables(runner, "land", inputs) if place.warehouse.exists() else None

    def do() -> StepResult:
        landed = land(source, place, contracts, changed)
        rows = sum(landed.values())
        return StepResult(detail=f"{len(landed)} tables, {rows:,} rows")

    return Step(
        name="land",
        title="Land the CDM",
        position=2,
        inputs=inputs,
        do=do,
        outputs=(place.warehouse,),
    )


def _cohort_layer_step(runner: Runner, place: Workspace, tables: Mapping[str, str]) -> Step:
    inputs = {
        **tables,
        "dbt": fingerprints.of_house("dbt_project"),
        "code": fingerprints.of_rooms("warehouse"),
    }
    changed = _changed_tables(runner, "cohort_layer", inputs) if place.warehouse.exists() else None

    def do() -> StepResult:
        if changed is None:
            built = run_dbt(place, ["build", "--selector", "cohort_layer"])
        else:
            dependants = [f"source:omop.{table}+,tag:cohort_layer" for table in changed]
            built = run_dbt(place, ["build", "--select", *dependants])
        return StepResult(detail=f"{len(built.node_names)} models and tests")

    return Step(
        name="cohort_layer",
        position=3,
        title="Build the cohort layer with dbt",
        inputs=inputs,
        do=do,
        outputs=(place.warehouse,),
    )


def _land_events_step(place: Workspace, runner: Runner) -> Step:
    built = runner.remembered("cohort_layer")

    def do() -> StepResult:
        rows = land_events(place)
        people = read_landed(place, "person").select(pl.len()).collect().item()
        events = sum(n for name, n in rows.items() if name.startswith("events/"))
        return StepResult(n_people=people, detail=f"{events:,} events")

    return Step(
        name="land_events",
        position=4,
        title="Write events for Polars and Spark",
        inputs={
            "cohort_layer": fingerprints.of_mapping(built.inputs) if built else "never",
            "code": fingerprints.of_rooms("warehouse"),
        },
        do=do,
        outputs=(place.landed / "person.parquet", place.landed / "cohort.parquet"),
    )


def _changed_tables(runner: Runner, step: str, inputs: Mapping[str, str]) -> list[str] | None:
    """The tables whose content differs from the last time; None when anything else does too."""
    remembered = runner.remembered(step)
    if remembered is None or set(remembered.inputs) != set(inputs):
        return None
    differing = [name for name in inputs if inputs[name] != remembered.inputs[name]]
    if not all(name.startswith("table:") for name in differing):
        return None
    return [name.removeprefix("table:") for name in differing]
