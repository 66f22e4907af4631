"""From a CDM to a workspace: check, land, cohort layer, person-sorted Parquet."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from analytics.contracts import Contract, compile_dbt, load_contracts
from analytics.pipelines import fingerprints
from analytics.pipelines.built_workspace import (
    CHECKED,
    CHECKS,
    OHDSI_CHECKS,
    overrides_of,
    print_of,
)
from analytics.pipelines.definition_notes import definition_notes
from analytics.pipelines.rebuilding import rebuild_cohort_layer
from analytics.pipelines.steps import (
    Display,
    Runner,
    Step,
    StepResult,
    replace_folder,
    write_aside,
)
from analytics.pipelines.study_fit import FIT_CHECKS
from analytics.quality import QualityReport, check, to_frame, write_report
from analytics.quality.check_frame import check_frame
from analytics.quality.fit_checks import fit_frame, run_fit_checks
from analytics.settings import house_root
from analytics.warehouse import (
    CdmSource,
    Workspace,
    land,
    land_events,
    open_cdm,
    read_landed,
)
from analytics.warehouse.dbt_graph import MANIFEST

REFUSED = "refused"


def build_workspace(
    *, cdm: Path, workspace: Path, display: Display, runner: Runner | None = None
) -> Runner:
    """Check and land a CDM and build its cohort layer, doing only what has changed.

    The site's own limits are those of `overrides.yaml` in the workspace, where there is one.
    Raises ContractBreachError when the CDM cannot be built on; what was built before stays, and
    the report on what was refused is in `quality/refused`.
    """
    source = open_cdm(cdm)
    place = Workspace(root=workspace)
    runner = runner or Runner(place.state, display)
    contracts = load_contracts("omop_cdm")
    tables = table_fingerprints(source, contracts)
    contracts_print = fingerprints.of_house("data_contracts/omop_cdm")

    runner.run(_check_step(source, place, contracts, tables, contracts_print))
    runner.run(_land_step(runner, source, place, contracts, tables, contracts_print))
    runner.run(_cohort_layer_step(runner, place, tables))
    runner.run(_land_events_step(place, runner))
    return runner


def table_fingerprints(source: CdmSource, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Fingerprint of each contracted table's content; `absent` for one that the CDM lacks."""
    found = source.fingerprints(contracts)
    return {f"table:{name}": found.get(name, "absent") for name in sorted(contracts)}


def compile_contracts() -> list[Path]:
    """Write the dbt YAML that follows from the contracts; the files that changed."""
    changed = []
    for path, text in compile_dbt(house_root()).items():
        if not path.exists() or path.read_text() != text:
            write_aside(path, text)
            changed.append(path)
    return changed


def _check_step(
    source: CdmSource,
    place: Workspace,
    contracts: Mapping[str, Contract],
    tables: Mapping[str, str],
    contracts_print: str,
) -> Step:
    folder, overrides = place.root / "quality", overrides_of(place)

    def do() -> StepResult:
        report = check(source, contracts, with_people=True)

        def tell_alone(partial: Path) -> None:
            write_report(report, partial)

        if (report.stops_build or report.errors) and (folder / FIT_CHECKS).is_file():
            # Studies go on with what was built before, and with what is known of its data.
            replace_folder(folder / REFUSED, tell_alone)
            report.check_can_build()
        fit = None if report.stops_build else run_fit_checks(source, overrides)

        def fill(partial: Path) -> None:
            write_report(report, partial, fit)
            to_frame(report).write_parquet(partial / CHECKS)
            prints = fingerprints.of_mapping(tables), print_of(overrides)
            (partial / CHECKED).write_text("\n".join(prints))
            if fit is not None:
                fit_frame(fit).write_parquet(partial / FIT_CHECKS)
                check_frame(fit).write_parquet(partial / OHDSI_CHECKS)

        replace_folder(folder, fill)
        report.check_can_build()
        frame = to_frame(report)
        breached = frame.filter(pl.col("status") == "breached").height
        failed = () if fit is None else fit.with_status("failed")
        passed = () if fit is None else fit.with_status("passed")
        return StepResult(
            n_people=report.n_rows.get("person"),
            detail=f"{frame.height} rules of the house, {breached} breached; "
            f"{len(failed) + len(passed):,} of OHDSI's, {len(failed):,} failed; see {folder}",
            notes=_what_is_lacking(report, contracts),
        )

    return Step(
        name="check",
        position=1,
        title="Hold the CDM against its contracts",
        inputs={
            **tables,
            "contracts": contracts_print,
            "checks": fingerprints.of_house("data_contracts/checks"),
            "overrides": print_of(overrides),
            "code": fingerprints.of_rooms("quality", "contracts"),
        },
        do=do,
        outputs=(
            *(folder / name for name in (CHECKED, CHECKS, FIT_CHECKS, OHDSI_CHECKS)),
            folder / "quality_report.html",
        ),
    )


def _what_is_lacking(report: QualityReport, contracts: Mapping[str, Contract]) -> tuple[str, ...]:
    """The tables that the CDM has not, then what cannot be known without them."""
    absent = sorted(finding.table for finding in report.absent_tables)
    if not absent:
        return ()
    limits = ((name, contracts[name].limitations) for name in absent)
    return (
        f"This CDM has no {', '.join(absent)}; read as empty.",
        *(f"No {name}. {limit}" for name, limit in limits if limit),
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
    remembered = runner.remembered("cohort_layer")
    is_text_known = remembered is not None and _same_but_for_rows(remembered.inputs, inputs)

    def do() -> StepResult:
        found = {name.removeprefix("table:"): key for name, key in tables.items()}
        built = rebuild_cohort_layer(place, found, is_text_known=is_text_known)
        return StepResult(
            detail=f"{built.n_nodes} models and tests",
            notes=definition_notes(place),
            told=built.lines,
        )

    return Step(
        name="cohort_layer",
        position=3,
        title="Build the cohort layer with dbt",
        inputs=inputs,
        do=do,
        outputs=(place.warehouse, place.dbt / MANIFEST),
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


def _same_but_for_rows(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Does nothing differ but what is in tables that were there before, too?"""
    return set(before) == set(now) and all(
        before[name] == key or (name.startswith("table:") and "absent" not in (before[name], key))
        for name, key in now.items()
    )


def _changed_tables(runner: Runner, step: str, inputs: Mapping[str, str]) -> list[str] | None:
    """The tables whose content differs from the last time.

    None when all must be done: anything else differs too, or a table has come or gone (which
    tables there are is itself a table, and models read it).
    """
    remembered = runner.remembered(step)
    if remembered is None or set(remembered.inputs) != set(inputs):
        return None
    differing = [name for name in inputs if inputs[name] != remembered.inputs[name]]
    came_or_went = any("absent" in (inputs[name], remembered.inputs[name]) for name in differing)
    if came_or_went or not all(name.startswith("table:") for name in differing):
        return None
    return [name.removeprefix("table:") for name in differing]
