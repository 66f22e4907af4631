"""What became of one check, and of all: counts, status, and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analytics.contracts.check_clause import CdmVersion
from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.limits import is_past
from analytics.quality.measures import Reading
from analytics.quality.people_behind import PeopleBehind

ANY_DAY = date(9999, 12, 30)
"""The day of a run in which no check asks what day it is."""
CheckStatus = Literal["passed", "failed", "not_applicable", "error", "not_checked"]


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One check and its outcome.

    The numbers of rows are None where they could not be counted. `reason` says why a check is not
    applicable or not checked, `error` what the database said; neither quotes the data. `behind` are
    the people behind the rows, where they were counted.
    """

    check: QualityCheck
    status: CheckStatus
    num_violated_rows: int | None = None
    num_denominator_rows: int | None = None
    reason: str = ""
    error: str = ""
    behind: PeopleBehind | None = None

    @property
    def pct_violated(self) -> float | None:
        """Rows that break the check as a share of the rows looked at, 0 to 1 (0 of none)."""
        if self.num_violated_rows is None or self.num_denominator_rows is None:
            return None
        if not self.num_denominator_rows:
            return 0.0
        return self.num_violated_rows / self.num_denominator_rows

    @property
    def is_past_limit(self) -> bool:
        """Whether so many rows break it that a study which uses them stops, failed or not."""
        was_made = self.status in ("passed", "failed")
        return was_made and is_past(self.pct_violated, self.check.limit_share)


@dataclass(frozen=True, kw_only=True)
class CheckRun:
    """All results about one CDM, in the order of the contracts.

    `notes` are said once about the whole CDM: what it lacks, and how many checks that concerns.
    `sample` is the share of people whose rows were looked at.
    """

    cdm: str
    cdm_version: CdmVersion
    reading: Reading
    today: date
    results: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()
    sample: float = 1.0
    seconds: float = 0.0

    @property
    def asks_the_day(self) -> bool:
        """Whether the answers may be others on another day."""
        return self.today != ANY_DAY

    @property
    def counts(self) -> dict[str, int]:
        """How many checks ended in each status."""
        return dict(Counter(result.status for result in self.results))

    @property
    def past_limit(self) -> tuple[CheckResult, ...]:
        """The results at which a study that uses the data stops; OHDSI's reading knows of none."""
        if self.reading == "dqd":
            return ()
        return tuple(result for result in self.results if result.is_past_limit)

    def with_status(self, status: CheckStatus) -> tuple[CheckResult, ...]:
        """The results of that status, in order."""
        return tuple(result for result in self.results if result.status == status)
