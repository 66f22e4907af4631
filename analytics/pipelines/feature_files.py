"""The files of a covariate run, written by shard, so that no size of them has to fit in memory."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.features.prespecified.settling import TRIPLE, Settled, settled_triples
from analytics.pipelines.feature_pieces import Piece
from analytics.pipelines.feature_shards import Shard
from analytics.pipelines.matrix_file import MatrixWriter

SCHEMA = pa.schema(
    [("row_id", pa.int64()), ("covariate_id", pa.int64()), ("covariate_value", pa.float64())]
)
FRAMES = ("covariate_ref", "analysis_ref", "certificate", "rows")
FILES = (
    "covariates.parquet",
    *(f"{name}.parquet" for name in FRAMES),
    "certificate.json",
    "matrix.npz",
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """How much was written; `n_left_out` values of pairs that stood twice are not in the matrix."""

    n_values: int
    n_left_out: int


def write_features(
    folder: Path,
    rows: pl.DataFrame,
    pieces: Sequence[tuple[Shard, Sequence[Piece]]],
    settled: Settled,
    *,
    most_values: int,
    on_shard: Callable[[Shard], None],
) -> Written:
    """Write `FILES` into `folder`; values are sorted by row, as `rows` has them, and covariate.

    At most about `most_values` values are in memory at a time.
    """
    settled.covariate_ref.write_parquet(folder / "covariate_ref.parquet")
    settled.analysis_ref.write_parquet(folder / "analysis_ref.parquet")
    settled.certificate.write_parquet(folder / "certificate.parquet")
    rows.write_parquet(folder / "rows.parquet")
    (folder / "certificate.json").write_text(_in_lines(settled.certificate))
    places = rows.select("row_id").with_row_index("place")
    covariate_ids = settled.covariate_ref["covariate_id"].unique().sort().to_numpy()
    n_values = 0
    with (
        pq.ParquetWriter(folder / "covariates.parquet", SCHEMA, compression="zstd") as table,
        MatrixWriter(folder / "matrix.npz", rows["row_id"].to_numpy(), covariate_ids) as matrix,
    ):
        for shard, of_shard in pieces:
            for some in _slices(places, shard, of_shard, most_values):
                triples = _in_order(_triples(some, of_shard, settled), matrix)
                n_values += triples.height
                table.write_table(triples.select(TRIPLE).to_arrow().cast(SCHEMA))
                matrix.add(
                    triples["place"].to_numpy(),
                    triples["column"].to_numpy(),
                    triples["covariate_value"].to_numpy(),
                )
            on_shard(shard)
    return Written(n_values=n_values, n_left_out=matrix.n_left_out)


def _slices(
    places: pl.DataFrame, shard: Shard, pieces: Sequence[Piece], most_values: int
) -> list[pl.DataFrame]:
    n_rows = shard.stop - shard.start
    n_slices = max(1, -(-sum(piece.n_values() for piece in pieces) // most_values))
    size = max(1, -(-n_rows // n_slices))
    of_shard = places.slice(shard.start, n_rows)
    return [of_shard.slice(first, size) for first in range(0, n_rows, size)]


def _triples(some: pl.DataFrame, pieces: Sequence[Piece], settled: Settled) -> pl.DataFrame:
    """One row for each covariate value of these rows, with the place of its row."""
    here = some.lazy().select("row_id", pl.col("place").cast(pl.Int64))
    covariates = pl.concat(piece.covariates() for piece in pieces)
    answered = pl.concat(piece.answered() for piece in pieces)
    return (
        settled_triples(covariates, answered, settled)
        .join(here, on="row_id")
        .select("place", *TRIPLE)
        .collect(engine="streaming")
    )


def _in_order(triples: pl.DataFrame, matrix: MatrixWriter) -> pl.DataFrame:
    """The same values with the `column` of each, by place, column and value.

    Sorted by one number, which costs a fraction of sorting by three; only where a pair stands
    twice the value has a say.
    """
    column = pl.Series("column", matrix.columns_of(triples["covariate_id"].to_numpy()))
    together = (pl.col("place") * matrix.n_columns + pl.col("column")).alias("together")
    ordered = triples.with_columns(column).with_columns(together).sort("together")
    if (ordered["together"].diff() == 0).any():
        ordered = ordered.sort("together", "covariate_value")
    return ordered


def _in_lines(certificate: pl.DataFrame) -> str:
    """The certificate as JSON, one line for each analysis."""
    lines = ",\n".join(json.dumps(row) for row in certificate.iter_rows(named=True))
    return f"[\n{lines}\n]\n"
