"""Check a CDM where it lies: the house's own rules and OHDSI's, or a query for breaking rows."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from analytics.contracts import load_contracts
from analytics.contracts.check_clause import CdmVersion, Reading
from analytics.contracts.overrides import Override, load_overrides
from analytics.errors import BadInputError, RunFailedError
from analytics.pipelines.built_workspace import CHECKED
from analytics.pipelines.place_for_out import prepare_file, prepare_folder
from analytics.quality import QualityReport, check, write_report
from analytics.quality.check import query_for_rule
from analytics.quality.check_result import CheckRun
from analytics.quality.clauses import own_ids
from analytics.quality.dqd_results import read_cdm_source, write_dqd_results
from analytics.quality.run_checks import query_for_rows, run_checks
from analytics.quality.written_checks import write_checks
from analytics.warehouse import CdmSource, open_cdm
from analytics.warehouse.postgres_address import (
    EXAMPLE,
    PostgresAddress,
    is_url,
    read_address,
)

CHECKS_FILE = "checks.json"
DQD_FILE = "dqd_results.json"
MOST_ERRORS_SHOWN = 5
NOT_OF_A_SAMPLE = "Rules of our own were not asked: they look at all rows, never at a sample."


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """What is asked: of which CDM, in which reading, as of which day, and where the answer goes.

    `out` is a file that ends in .json, or a folder for all reports.
    """

    cdm: str
    out: Path
    today: date
    reading: Reading = "catchment"
    only: tuple[str, ...] = ()
    overrides: Path | None = None
    version: CdmVersion | None = None
    sample: float = 1.0
    warehouse: Literal["duckdb", "postgres"] = "duckdb"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A run of checks, what the house's own rules found where they were asked, and the files."""

    run: CheckRun
    report: QualityReport | None
    files: tuple[Path, ...]

    def check_can_go_on(self) -> None:
        """Raise for a CDM that cannot be built on, and for checks that ended in an error.

        In the reading `dqd`, which repeats another tool, neither is raised.
        """
        if self.report is not None:
            self.report.check_can_build()
        errors = self.run.with_status("error")
        if self.run.reading == "catchment" and errors:
            shown = "\n".join(
                f"  - {one.check.check_id}: {one.error}" for one in errors[:MOST_ERRORS_SHOWN]
            )
            raise RunFailedError(
                f"{len(errors)} checks of {self.run.cdm} ended in an error; nothing was concluded "
                f"about them:\n{shown}\nSee `error` in {self.files[0]}."
            )


def check_quality(request: CheckRequest) -> Checked:
    """Ask all checks, and the house's own rules of all rows, and write what became of them.

    `only` are the house's where they are a table or the id of a rule. Raises BadInputError where
    nothing can be written, before anything is asked.
    """
    is_one_file = request.out.suffix == ".json"
    if is_one_file:
        prepare_file(request.out, such_as="report.json")
    else:
        prepare_folder(request.out)
        if (request.out / CHECKED).is_file():
            raise BadInputError(
                f"{request.out} holds what `build` found of a workspace's CDM, by which its "
                "studies stop. Give another folder: --out FOLDER"
            )
    cdm, overrides = _opened(request)
    run = run_checks(
        cdm,
        today=request.today,
        reading=request.reading,
        only=request.only,
        overrides=overrides,
        version=request.version,
        sample=request.sample,
        keep_in=_kept_beside(request.out),
    )
    report = None
    contracts = load_contracts("omop_cdm")
    only = {name.lower() for name in request.only} & {*contracts, *own_ids(contracts)}
    if request.reading == "catchment" and (only or not request.only):
        if request.sample == 1:
            report = check(cdm, contracts, only=only)
        else:
            run = replace(run, notes=(*run.notes, NOT_OF_A_SAMPLE))
    if is_one_file:
        return Checked(run=run, report=report, files=(write_checks(run, report, request.out),))
    files: tuple[Path, ...] = (
        write_checks(run, report, request.out / CHECKS_FILE),
        write_dqd_results(
            run,
            request.out / DQD_FILE,
            cdm_source=_source(cdm),
            ended=datetime.now(UTC),
        ),
    )
    files += write_report(report, request.out, run if run.results or report is None else None)
    return Checked(run=run, report=report, files=files)


def _source(cdm: CdmSource | PostgresAddress) -> list[dict[str, str]]:
    if isinstance(cdm, CdmSource):
        return read_cdm_source(cdm)
    # Only who asks for a server needs its client.
    from analytics.quality.asked_postgres import source_on_postgres

    return source_on_postgres(cdm)


def _kept_beside(out: Path) -> Path:
    """Where answers are kept while the run is at work."""
    if out.suffix == ".json":
        return out.with_name(f".{out.name}.answers")
    return out / f".{CHECKS_FILE}.answers"


def rows_query(request: CheckRequest, check_id: str) -> str:
    """The breaking rows of one check, or of one rule of the house, as SQL to run."""
    cdm, overrides = _opened(request)
    contracts = load_contracts("omop_cdm")
    if check_id.lower() in own_ids(contracts):
        return query_for_rule(cdm, check_id.lower(), contracts)
    return query_for_rows(
        cdm,
        check_id,
        today=request.today,
        reading=request.reading,
        overrides=overrides,
        version=request.version,
    )


def _opened(request: CheckRequest) -> tuple[CdmSource | PostgresAddress, tuple[Override, ...]]:
    overrides = load_overrides(request.overrides) if request.overrides else ()
    if request.warehouse == "postgres":
        if not is_url(request.cdm):
            raise BadInputError(
                f"the CDM is given by a path ({request.cdm}), which --warehouse postgres does not "
                f"read. Write it as {EXAMPLE}, or leave --warehouse out."
            )
        return read_address(request.cdm), overrides
    if is_url(request.cdm):
        address = read_address(request.cdm)
        raise BadInputError(
            f"the CDM is given by a URL ({address}), which --warehouse duckdb does not read. "
            "Add --warehouse postgres."
        )
    return open_cdm(Path(request.cdm)), overrides
