"""The checks that have a limit for studies, asked of a CDM while it is built, and what is told."""

from collections.abc import Collection

import polars as pl

from analytics.contracts import load_contracts
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.overrides import Override
from analytics.contracts.quality_checks import OF_ROWS
from analytics.disclosure.in_words import count_in_words
from analytics.disclosure.roughly import rounded
from analytics.errors import BadInputError, RunFailedError
from analytics.quality.check_result import ANY_DAY, CheckResult, CheckRun
from analytics.quality.people_behind import PeopleBehind, as_columns
from analytics.quality.run_checks import run_checks
from analytics.settings import Settings
from analytics.warehouse import CdmSource

MAPPED = "standardConceptRecordCompleteness"
FRAME: dict[str, pl.DataType | type[pl.DataType]] = {
    "check_id": pl.String,
    "table_name": pl.String,
    "column_name": pl.String,
    "n_violated": pl.Int64,
    "n_rows": pl.Int64,
    "share": pl.Float64,
    "limit_share": pl.Float64,
    "status": pl.String,
    "is_past_limit": pl.Boolean,
    "concept_ids": pl.List(pl.Int64),
    "place": pl.String,
    "rule": pl.String,
    "n_people": pl.Int64,
    "n_people_violated": pl.Int64,
    "n_people_kept": pl.Int64,
}


def run_fit_checks(
    cdm: CdmSource, overrides: Collection[Override] = (), settings: Settings | None = None
) -> CheckRun:
    """What a study may stop at, in our reading: what rows must have, and what else has a limit.

    Whether concepts are known is asked, too: rows of which they are not are in no covariate.
    A site's own limits take the place of the contracts'; what it gives a limit for is asked, too.
    Raises BadInputError for one that does not fit, RunFailedError where a check ends in an error:
    nothing is known then of what a study may stop at.
    """
    asked = {
        *OF_ROWS,
        MAPPED,
        *_limited(),
        *(one.check for one in overrides if one.limit_share is not None),
    }
    run = run_checks(
        cdm,
        today=ANY_DAY,
        only=sorted(asked),
        overrides=overrides,
        with_people=True,
        settings=settings,
    )
    if errors := run.with_status("error"):
        raise RunFailedError(
            f"{len(errors)} checks of {run.cdm} ended in an error, the first of them "
            f"{errors[0].check.check_id}: {errors[0].error}. Mend what it names and build again."
        )
    for one in run.results:
        if one.check.override and one.check.limit_share and isinstance(one.check.asked.high, str):
            raise BadInputError(
                f"{one.check.override} A study cannot stop at {one.check.check_id}: it asks what "
                f"day it is ({one.check.asked.high}). Give it a day as `high`, or no limit_share."
            )
    return run


def _limited() -> set[str]:
    """The kinds of checks that have a limit for studies, or of which a contract's clause has."""
    kinds = load_check_tables().types.values()
    of_kinds = {one.name for one in kinds if one.limit_share is not None}
    stated = (one for contract in load_contracts("omop_cdm").values() for one in contract.checks)
    return of_kinds | {one.name for one in stated if one.limit_share is not None}


def fit_frame(run: CheckRun) -> pl.DataFrame:
    """One row for each check: how many rows break it, of how many, and where a study stops.

    `concept_ids` are the concepts that it is about; none: every row of the table. `column_name` is
    the field's name in CDM 5.4; null where the check is about the table.
    """
    return pl.DataFrame(
        [
            {
                "check_id": one.check.check_id,
                "table_name": one.check.table,
                "column_name": one.check.asked.column,
                "n_violated": one.num_violated_rows,
                "n_rows": one.num_denominator_rows,
                "share": one.pct_violated,
                "limit_share": one.check.limit_share,
                "status": one.status,
                "is_past_limit": one.is_past_limit,
                "concept_ids": list(one.check.concept_ids),
                "place": _place(one),
                "rule": one.check.kind.description,
                **as_columns(one.behind),
            }
            for one in run.results
        ],
        schema=FRAME,
    )


def _place(one: CheckResult) -> str:
    place = f"{one.check.table}.{one.check.field}" if one.check.field else one.check.table
    concept = f", concept {one.check.concept_id} ({one.check.concept_name})"
    return place + (concept if one.check.concept_ids else "")


def message_past_limit(
    *,
    place: str,
    rule: str,
    n_violated: int,
    n_rows: int,
    limit_share: float,
    behind: PeopleBehind | None,
    smallest_cell: int,
) -> str:
    """What a terminal says of a check past its limit.

    Where few people stand behind the rows that break it, or behind those that do not, no number of
    them is told. Rows that name nobody may each be somebody's. What is told is rounded, as in the
    mart: of two checks of a table the exact numbers would tell the rows that one does not look at.
    """
    kept = n_rows - n_violated
    people = behind or PeopleBehind(
        n_people=n_rows, n_people_violated=n_violated, n_people_kept=kept
    )
    broken, rows = (rounded(n, smallest_cell) for n in (n_violated, n_rows))
    if rows and people.may_be_told(smallest_cell):
        told = f"about {broken:,} of {rows:,} rows ({100 * broken / rows:.1f} %)"
    else:
        told = f"too many rows (some are of {count_in_words(1, smallest_cell)} people)"
    return f'{place}: {told} break "{rule}" The limit is {100 * limit_share:g} %.'
