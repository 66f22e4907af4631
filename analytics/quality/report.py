"""What a check of a CDM found: one finding for each clause, and what follows from them."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from analytics.errors import ContractBreachError, RunFailedError
from analytics.quality.limits import is_past
from analytics.quality.people_behind import PeopleBehind, as_columns

Severity = Literal["structural", "row"]
Status = Literal["passed", "breached", "error", "not_checked"]

MOST_SHOWN = 10
STATUS_ORDER = ("error", "breached", "not_checked", "passed")
SEVERITY_ORDER = ("structural", "row")
FRAME = {
    "check_id": pl.String,
    "table_name": pl.String,
    "column_name": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "n_violated": pl.Int64,
    "n_rows": pl.Int64,
    "share": pl.Float64,
    "limit_share": pl.Float64,
    "status": pl.String,
    "message": pl.String,
    "is_past_limit": pl.Boolean,
    "n_people": pl.Int64,
    "n_people_violated": pl.Int64,
    "n_people_kept": pl.Int64,
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one clause of a contract.

    `n_violated` rows of `n_rows` break it; both are None where no row was counted (a missing
    column, an error, a clause that was not checked). `examples` are ids of breaking rows, or
    values where the clause is about values; `detail` is the text of an error. Both may quote the
    data, so they stay in the engineer's own report; `message` never does. `behind` are the people
    behind the rows, where they were counted.
    """

    check_id: str
    table: str
    column: str | None
    rule: str
    severity: Severity
    status: Status
    message: str
    n_violated: int | None = None
    n_rows: int | None = None
    limit_share: float | None = None
    examples: tuple[str, ...] = ()
    detail: str = ""
    behind: PeopleBehind | None = None

    @property
    def share(self) -> float | None:
        """Breaking rows as a share of the rows looked at, 0 to 1."""
        if self.n_violated is None or not self.n_rows:
            return None
        return self.n_violated / self.n_rows

    @property
    def is_past_limit(self) -> bool:
        """Whether so many rows break it that the contract forbids to run a study."""
        return self.status == "breached" and is_past(self.share, self.limit_share)


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """All findings about one CDM, the gravest first, and the rows of each table.

    `asked_by` is what `catchment check` needs to ask again, where that is more than the CDM's path.
    """

    cdm: str
    findings: tuple[Finding, ...]
    n_rows: dict[str, int]
    asked_by: str = ""

    @property
    def breaches(self) -> tuple[Finding, ...]:
        """The broken clauses, the gravest first."""
        return self.with_status("breached")

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The clauses about which nothing was concluded, because checking them failed."""
        return self.with_status("error")

    @property
    def absent_tables(self) -> tuple[Finding, ...]:
        """The tables that the CDM may lack and does, each with what cannot be known without it."""
        return tuple(
            finding
            for finding in self.with_status("not_checked")
            if finding.check_id == f"{finding.table}.table_is_there"
        )

    def with_status(self, status: Status) -> tuple[Finding, ...]:
        """The findings of that status, in order."""
        return tuple(finding for finding in self.findings if finding.status == status)

    @property
    def stops_build(self) -> bool:
        """Whether the CDM is not in a shape that can be built on."""
        return any(finding.severity == "structural" for finding in self.breaches)

    @property
    def stops_run(self) -> bool:
        """Whether a study that uses these data stops: no build, or a rule broken past its limit."""
        return self.stops_build or any(finding.is_past_limit for finding in self.breaches)

    def check_can_build(self) -> None:
        """Raise ContractBreachError for structural breaches, RunFailedError for failed checks."""
        breaches = [found for found in self.breaches if found.severity == "structural"]
        if breaches:
            raise ContractBreachError(
                f"{self.cdm} breaks its contract in a way that stops `build`:\n"
                f"{_listed(breaches)}\n"
                f"Correct the CDM, then check again: catchment check {self.asked_by or self.cdm}"
            )
        if self.errors:
            raise RunFailedError(
                f"{len(self.errors)} checks of {self.cdm} ended in an error of their own; nothing "
                f"was concluded about them:\n{_listed(list(self.errors))}\n"
                "Check again; if it stays, report it with the JSON report."
            )


def _listed(findings: list[Finding]) -> str:
    shown = [f"  - {_with_examples(finding)}" for finding in findings[:MOST_SHOWN]]
    more = len(findings) - len(shown)
    return "\n".join(shown + [f"  - and {more} more"] * (more > 0))


def _with_examples(finding: Finding) -> str:
    examples = f" Found: {', '.join(map(repr, finding.examples))}." if finding.examples else ""
    detail = f" ({finding.detail})" if finding.detail else ""
    return f"{finding.message}{detail}{examples}"


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """The gravest first: errors, structural breaches, breaches past their limit, by share."""
    return tuple(
        sorted(
            findings,
            key=lambda found: (
                STATUS_ORDER.index(found.status),
                SEVERITY_ORDER.index(found.severity),
                not found.is_past_limit,
                -(found.share or 0.0),
                found.check_id,
            ),
        )
    )


def to_frame(report: QualityReport) -> pl.DataFrame:
    """One row for each finding, as `results.quality_check` holds them; no id of a person.

    `run_id` and `study` are added by whoever writes the rows.
    """
    return pl.DataFrame(
        [
            {
                "check_id": finding.check_id,
                "table_name": finding.table,
                "column_name": finding.column,
                "rule": finding.rule,
                "severity": finding.severity,
                "n_violated": finding.n_violated,
                "n_rows": finding.n_rows,
                "share": finding.share,
                "limit_share": finding.limit_share,
                "status": finding.status,
                "message": finding.message,
                "is_past_limit": finding.is_past_limit,
                **as_columns(finding.behind),
            }
            for finding in report.findings
        ],
        schema=FRAME,
    ).sort("check_id")
