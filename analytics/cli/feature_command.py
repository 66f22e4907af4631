"""`catchment features`: the covariates of a cohort, as files."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from analytics.cli.console import step_display


def features(
    cohort: Annotated[
        Path, typer.Option(help="A Parquet file of cohort rows, with or without row_id.")
    ],
    settings: Annotated[
        str, typer.Option(help="A preset, e.g. featureextraction-default, or a YAML file.")
    ],
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    cdm: Annotated[
        Path | None,
        typer.Option(help="An OMOP CDM: a folder of Parquet or CSV, or a DuckDB file."),
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Instead of --cdm: a built workspace."),
    ] = None,
    end_day: Annotated[
        int | None,
        typer.Option(
            help="Where windows end, relative to index; 0 takes in the index day. "
            "Default: -1, or what the YAML file says."
        ),
    ] = None,
    engine: Annotated[
        Literal["polars", "spark"], typer.Option(help="Where covariates are built.")
    ] = "polars",
    portable: Annotated[
        bool,
        typer.Option("--portable", help="By the portable definition alone, to check the fast one."),
    ] = False,
    memory: Annotated[
        float | None,
        typer.Option(help="The most memory to take, in GiB. Default: CATCHMENT_MEMORY_GIB."),
    ] = None,
) -> None:
    """Make the covariates of each cohort row, with their names and a leakage certificate.

    Writes covariates.parquet (row_id, covariate_id, covariate_value), covariate_ref.parquet,
    analysis_ref.parquet, certificate.parquet and .json, rows.parquet, matrix.npz (for
    scipy.sparse.load_npz; its rows are those of rows.parquet, and its arrays row_id and
    covariate_id name rows and columns) and manifest.json. A killed run goes on where it was.

    Example: `catchment features --cdm people --cohort rows.parquet --settings
    featureextraction-default --out features`
    """
    from analytics.pipelines.feature_plan import FeatureRequest
    from analytics.pipelines.making_features import make_features

    request = FeatureRequest(
        cohort=cohort,
        settings=settings,
        out=out,
        cdm=cdm,
        workspace=workspace,
        end_day=end_day,
        engine=engine,
        memory_gib=memory,
        is_portable=portable,
    )
    with step_display(to_stderr=True) as display:
        make_features(request, display)
