"""Check a CDM where it lies: the house's own rules and OHDSI's, or a query for breaking rows."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from analytics.contracts import load_contracts
from analytics.contracts.check_clause import CdmVersion, Reading
from analytics.contracts.overrides import Override, load_overrides
from analytics.errors import BadInputError, RunFailedError
from analytics.quality import QualityReport, check, write_report
from analytics.quality.check_result import CheckRun
from analytics.quality.checks_page import checks_page
from analytics.quality.dqd_results import read_cdm_source, write_dqd_results
from analytics.quality.run_checks import query_for_rows, run_checks
from analytics.quality.written_checks import write_checks
from analytics.quality.written_report import write_aside
from analytics.warehouse import CdmSource, open_cdm
from analytics.warehouse.postgres_address import (
    EXAMPLE,
    PostgresAddress,
    is_url,
    read_address,
)

CHECKS_FILE = "checks.json"
PAGE_FILE = "checks.html"
DQD_FILE = "dqd_results.json"
MOST_ERRORS_SHOWN = 5
NO_HOUSE_RULES = (
    "The house's own rules (SQL in data_contracts/omop_cdm/) were not asked: "
    "they are asked of a CDM in files or on DuckDB."
)


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
    """Ask all checks and write what became of them.

    The house's own rules are asked of all rows of a CDM on DuckDB; of one on PostgreSQL they are
    not, and a note says so.
    """
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
    asks_all = not request.only and request.sample == 1
    if request.reading == "catchment" and asks_all:
        if isinstance(cdm, CdmSource):
            report = check(cdm, load_contracts("omop_cdm"))
        else:
            run = replace(run, notes=(*run.notes, NO_HOUSE_RULES))
    if request.out.suffix == ".json":
        return Checked(run=run, report=report, files=(write_checks(run, report, request.out),))
    files: tuple[Path, ...] = (
        write_checks(run, report, request.out / CHECKS_FILE),
        write_aside(request.out / PAGE_FILE, checks_page(run)),
        write_dqd_results(
            run,
            request.out / DQD_FILE,
            cdm_source=read_cdm_source(cdm) if isinstance(cdm, CdmSource) else [],
            ended=datetime.now(UTC),
        ),
    )
    if report is not None:
        files += write_report(report, request.out)
    return Checked(run=run, report=report, files=files)


def _kept_beside(out: Path) -> Path:
    """Where answers are kept while the run is at work."""
    if out.suffix == ".json":
        return out.with_name(f".{out.name}.answers")
    return out / f".{CHECKS_FILE}.answers"


def rows_query(request: CheckRequest, check_id: str) -> str:
    """The breaking rows of one check, as SQL to run."""
    cdm, overrides = _opened(request)
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
