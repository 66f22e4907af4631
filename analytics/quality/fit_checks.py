"""The checks that have a limit for studies, asked of a CDM while it is built."""

from collections.abc import Collection
from datetime import date

import polars as pl

from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.overrides import Override
from analytics.contracts.quality_checks import OF_ROWS
from analytics.errors import BadInputError, RunFailedError
from analytics.quality.check_result import CheckResult, CheckRun
from analytics.quality.run_checks import run_checks
from analytics.settings import Settings
from analytics.warehouse import CdmSource

ANY_DAY = date(9999, 12, 30)
"""None of these checks asks what day it is."""
FRAME: dict[str, pl.DataType | type[pl.DataType]] = {
    "check_id": pl.String,
    "table_name": pl.String,
    "column_name": pl.String,
    "n_violated": pl.Int64,
    "n_rows": pl.Int64,
    "share": pl.Float64,
    "limit_share": pl.Float64,
    "status": pl.String,
    "message": pl.String,
    "concept_ids": pl.List(pl.Int64),
}


def run_fit_checks(
    cdm: CdmSource, overrides: Collection[Override] = (), settings: Settings | None = None
) -> CheckRun:
    """What a study may stop at, in our reading: what rows must have, and what else has a limit.

    A site's own limits take the place of the contracts'; what it gives a limit for is asked, too.
    Raises BadInputError for one that does not fit, RunFailedError where a check ends in an error:
    nothing is known then of what a study may stop at.
    """
    limited = [
        one.name for one in load_check_tables().types.values() if one.limit_share is not None
    ]
    asked = {*OF_ROWS, *limited, *(one.check for one in overrides if one.limit_share is not None)}
    run = run_checks(cdm, today=ANY_DAY, only=sorted(asked), overrides=overrides, settings=settings)
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
                "message": _message(one),
                "concept_ids": list(one.check.concept_ids),
            }
            for one in run.results
        ],
        schema=FRAME,
    )


def _message(one: CheckResult) -> str:
    place = f"{one.check.table}.{one.check.field}" if one.check.field else one.check.table
    concept = f", concept {one.check.concept_id} ({one.check.concept_name})"
    about = place + (concept if one.check.concept_ids else "")
    if one.pct_violated is None:
        return f"{about}: {one.reason or 'the check itself failed'}"
    return (
        f"{about}: {one.num_violated_rows:,} of {one.num_denominator_rows:,} rows "
        f'({100 * one.pct_violated:.1f} %) break "{one.check.kind.description}"'
    )
