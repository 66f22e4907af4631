"""A run of `catchment features` on a CDM drawn in a test: written, asked, read back."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse

from analytics.pipelines.feature_plan import FeatureRequest
from analytics.pipelines.making_features import make_features
from analytics.pipelines.steps import Silent
from tests.support.small_cdm import PERSON, cohort
from tests.support.tables import table

PERIODS = """
    person_id | observation_period_start_date | observation_period_end_date
    ----------+-------------------------------+----------------------------
            1 |                    2010-01-01 |                  2021-12-31
            2 |                    2010-01-01 |                  2021-12-31
            3 |                    2010-01-01 |                  2021-12-31
"""
PROCEDURES = """
    person_id | procedure_concept_id | procedure_date
    ----------+----------------------+---------------
            1 |                  100 |     2020-06-10
            1 |                  200 |     2020-01-01
            2 |                  100 |     2020-06-14
            3 |                  300 |     2020-06-15
"""
DEFAULT = "featureextraction-default"
TRIPLE = ["row_id", "covariate_id", "covariate_value"]
BESIDE = ("covariate_ref", "analysis_ref", "certificate", "rows")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run wrote."""

    out: Path

    def frame(self, name: str) -> pl.DataFrame:
        """One row for each row of `<name>.parquet`."""
        return pl.read_parquet(self.out / f"{name}.parquet")

    def values(self, *analyses: int) -> dict[tuple[int, int], float]:
        """The value of each (row_id, covariate_id) of these analyses, or of all."""
        return {
            (row_id, covariate_id): value
            for row_id, covariate_id, value in self.frame("covariates").iter_rows()
            if not analyses or covariate_id % 1000 in analyses
        }

    def matrix(self) -> dict[tuple[int, int], float]:
        """The same from the matrix file, by the names it gives its rows and columns."""
        matrix = scipy.sparse.load_npz(self.out / "matrix.npz").tocoo()
        names = np.load(self.out / "matrix.npz")
        return {
            (int(names["row_id"][row]), int(names["covariate_id"][column])): float(value)
            for row, column, value in zip(matrix.row, matrix.col, matrix.data, strict=True)
        }


def hash_of(triples: pl.DataFrame) -> tuple[int, str]:
    """How many triples, and a hash of all of them, whatever their order."""
    digest = hashlib.sha256()
    for column in triples.select(TRIPLE).sort(TRIPLE):
        digest.update(column.to_numpy().tobytes())
    return triples.height, digest.hexdigest()


def check_same(some: Run, others: Run) -> None:
    assert hash_of(some.frame("covariates")) == hash_of(others.frame("covariates"))
    for name in BESIDE:
        assert some.frame(name).equals(others.frame(name)), name
    assert (some.out / "matrix.npz").read_bytes() == (others.out / "matrix.npz").read_bytes()


class Display(Silent):
    """Keeps what steps had to say."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.details: list[str] = []

    def ended(self, record) -> None:
        self.notes += record.notes
        self.details.append(record.detail)


def write_cdm(folder: Path, **tables: str | pl.DataFrame | None) -> Path:
    """Write three people, their observation and procedures, and the tables given; the folder.

    A table given as None is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {"person": PERSON, "observation_period": PERIODS, "procedure_occurrence": PROCEDURES}
    for name, drawing in (drawn | tables).items():
        if drawing is not None:
            frame = table(drawing) if isinstance(drawing, str) else drawing
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


def write_cohort(folder: Path, rows: pl.DataFrame | None = None) -> Path:
    """Write cohort rows, or those of people 1 to 3; the file."""
    file = folder / "cohort.parquet"
    (cohort(1, 2, 3) if rows is None else rows).write_parquet(file)
    return file


def run_features(
    folder: Path,
    *,
    rows: pl.DataFrame | None = None,
    settings: str = DEFAULT,
    end_day: int | None = None,
    display: Display | None = None,
    memory_gib: float | None = None,
    **tables: str | pl.DataFrame | None,
) -> Run:
    """Make the features of these rows, of a CDM drawn in `folder`."""
    request = FeatureRequest(
        cdm=write_cdm(folder / "cdm", **tables),
        cohort=write_cohort(folder, rows),
        settings=settings,
        end_day=end_day,
        out=folder / "out",
        memory_gib=memory_gib,
    )
    make_features(request, display)
    return Run(out=request.out)
