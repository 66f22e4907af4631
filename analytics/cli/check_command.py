"""`catchment check`: what a CDM breaks of its contracts."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from analytics.cli.console import print_breaches, print_failed_checks
from analytics.errors import BadInputError


def check(
    cdm: Annotated[
        str,
        typer.Argument(help="An OMOP CDM: folder of Parquet or CSV, or DuckDB file; or a URL."),
    ],
    out: Annotated[
        Path, typer.Option(help="A file that ends in .json, or the folder for all reports.")
    ] = Path("quality"),
    reading: Annotated[
        Literal["catchment", "dqd"],
        typer.Option(help="dqd: DataQualityDashboard 2.8.4 to the letter."),
    ] = "catchment",
    today: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD; dates after it are in the future.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="A table, a kind of check or a check's id; may be repeated."),
    ] = None,
    show: Annotated[
        str | None,
        typer.Option(metavar="CHECK_ID", help="Print SQL for the rows that break this check."),
    ] = None,
    overrides: Annotated[
        Path | None, typer.Option(help="YAML: the site's own limits, each with reason and date.")
    ] = None,
    sample: Annotated[
        float, typer.Option(help="The share of people looked at: 0.1 is a tenth.")
    ] = 1.0,
    cdm_version: Annotated[
        Literal["5.3", "5.4"] | None, typer.Option(help="Without it, as the CDM's tables say.")
    ] = None,
    warehouse: Annotated[
        Literal["duckdb", "postgres"], typer.Option(help="Where the CDM lies.")
    ] = "duckdb",
) -> None:
    """Hold a CDM against the contracts in data_contracts/omop_cdm/: OHDSI's checks and our own.

    Leaves with exit code 3 when the CDM cannot be built on, 5 when a check ended in an error (in
    the reading dqd with neither). A run that was killed goes on where it was, unless the CDM has
    changed since, or is made of views on PostgreSQL, which do not tell.

    Example: `catchment check people --out quality`

    As DataQualityDashboard says it: `catchment check people --reading dqd --out report.json`

    The rows behind a check: `catchment check people --show field_isrequired_person_year_of_birth`
    """
    from analytics.pipelines.checking import CheckRequest, check_quality, rows_query

    request = CheckRequest(
        cdm=cdm,
        out=out,
        today=_day(today),
        reading=reading,
        only=tuple(only or ()),
        overrides=overrides,
        version=cdm_version,
        sample=sample,
        warehouse=warehouse,
    )
    if show is not None:
        print(rows_query(request, show))
        return
    checked = check_quality(request)
    if checked.report is not None:
        print_breaches(checked.report)
    if checked.run.results or checked.report is None:
        print_failed_checks(checked.run)
    print(f"The whole report: {' and '.join(map(str, checked.files))}")
    checked.check_can_go_on()


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise BadInputError(f"--today {text!r} is not a date. Write it as 2024-06-30.") from None
