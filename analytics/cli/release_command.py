"""`catchment releases`: what changed from one release of a CDM to the next."""

from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.console import print_tables


def releases(
    before: Annotated[
        Path, typer.Argument(help="The earlier release: a CDM, or a report of its checks (.json).")
    ],
    now: Annotated[Path, typer.Argument(help="The later one, of the same kind.")],
    out: Annotated[Path, typer.Option(help="The file to write: .csv or .json.")] = Path(
        "releases.csv"
    ),
) -> None:
    """Hold a release of a CDM against the one before it: rows, concepts and gaps that jump.

    Of two CDMs: people, rows a person by table, records of each concept and observed days a person,
    shares of rows without a value or with concept 0, of values in known and usual units and within
    plausible limits. Of two reports of `catchment check`: checks that newly fail, or no
    longer do. The file holds true counts: it is the data engineer's own.

    Example: `catchment releases cdm-2024 cdm-2025 --out releases.csv`
    """
    from analytics.pipelines.comparing_releases import compare_two_releases

    compared = compare_two_releases(before, now, out)
    title = f"{compared.told.height} of {compared.n_compared:,} comparisons changed"
    print_tables([(title, compared.told)])
    print(f"All of them: {compared.file}")
