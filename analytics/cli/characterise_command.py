"""`catchment characterise`: Table 1 of a cohort, as files that may leave."""

from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.console import step_display


def characterise(
    features: Annotated[
        Path, typer.Option(help="A folder that catchment features wrote: the cohort to describe.")
    ],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    cohort: Annotated[
        Path | None,
        typer.Option(help="Only these rows: Parquet with row_id. Default: all of the folder's."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="sex, age_band, race or ethnicity; may be repeated."),
    ] = None,
    compared_with: Annotated[
        Path | None,
        typer.Option(help="Another folder of features: the cohort to compare with."),
    ] = None,
) -> None:
    """Describe a cohort by its covariates (Table 1), with standardised mean differences.

    Writes table_1.csv (every covariate) and table_1.html (the rows that a person reads; it prints).
    Counts of few people, and what would tell them, are withheld; other counts are rounded to the
    nearest multiple of the smallest cell, and shares, means and differences follow from these.
    Groups are compared with the largest of their attribute, the cohort with the one named.

    Example: `catchment characterise --features features --by sex --by race --out table_1`

    Two cohorts: `catchment characterise --features users --compared-with others --out table_1`
    """
    from analytics.pipelines.characterising import Table1Request, characterise_cohort

    request = Table1Request(
        features=features,
        out=out,
        cohort=cohort,
        by=tuple(dict.fromkeys(by or ())),
        compared_with=compared_with,
    )
    with step_display() as display:
        page = characterise_cohort(request, display)
    print(page)
