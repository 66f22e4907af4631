"""What the steps of a study leave on disk for the next step."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from analytics.features import CovariateMatrix

MATRIX_PARTS = ("rows", "covariate_ref", "values", "latest_days", "unit_counts")


def save_frames(folder: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write each frame as `<name>.parquet`."""
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")


def load_frame(folder: Path, name: str) -> pl.DataFrame:
    """One row for each row of the frame that was saved under that name."""
    return pl.read_parquet(folder / f"{name}.parquet")


def save_matrix(folder: Path, matrix: CovariateMatrix) -> None:
    """Write a covariate matrix: its frames and its warnings."""
    save_frames(folder, {part: getattr(matrix, part) for part in MATRIX_PARTS})
    (folder / "warnings.json").write_text(json.dumps(matrix.warnings))


def load_matrix(folder: Path) -> CovariateMatrix:
    """Read a covariate matrix that `save_matrix` wrote."""
    return CovariateMatrix(
        rows=load_frame(folder, "rows"),
        covariate_ref=load_frame(folder, "covariate_ref"),
        values=load_frame(folder, "values"),
        latest_days=load_frame(folder, "latest_days"),
        unit_counts=load_frame(folder, "unit_counts"),
        warnings=tuple(json.loads((folder / "warnings.json").read_text())),
    )
