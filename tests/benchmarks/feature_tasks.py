"""What `python -m tests.benchmarks features` times: one task, in a process of its own.

`python -m tests.benchmarks.feature_tasks TASK PEOPLE ROWS` prints one line of JSON: CPU seconds
from the start of the process and peak memory until the result is there, and then what it is.
"""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

COUNTED = {
    "condition_occurrence": ("condition_concept_id", "condition_start_date", 930),
    "drug_exposure": ("drug_concept_id", "drug_exposure_start_date", 934),
    "procedure_occurrence": ("procedure_concept_id", "procedure_date", 938),
    "measurement": ("measurement_concept_id", "measurement_date", 942),
}
"""The concept and the day of each table, and the first of its four analysis ids."""
FIRST_DAYS = (-30, -180, -365, None)
THREADS = 2
PRESET = "featureextraction-default"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a task took until its result was there, and a digest of the result."""

    cpu: float
    peak_gib: float
    n_triples: int
    digest: str


def counts_natively(people: Path, rows: Path) -> Taken:
    """Our native pass."""
    from analytics.days import Window
    from analytics.features.native.counting import CountedTable, count_records

    tables = [
        CountedTable(
            files=(people / f"{table}.parquet",),
            concept=concept,
            start=start,
            windows={
                first_id + nth: Window(first_day=first_day, last_day=-1)
                for nth, first_day in enumerate(FIRST_DAYS)
            },
        )
        for table, (concept, start, first_id) in COUNTED.items()
    ]
    matrix, ids = count_records(pl.read_parquet(rows), tables, threads=THREADS)
    return _matrix_taken(matrix, ids)


def counts_in_duckdb(people: Path, rows: Path) -> Taken:
    """Hand-written SQL: one GROUP BY, fetched as NumPy columns."""
    import duckdb

    records = " union all ".join(
        f"select person_id, {concept}::bigint * 1000 + {first_id} as first_id, "
        f"{start} as day from read_parquet('{people / table}.parquet') where {concept} <> 0"
        for table, (concept, start, first_id) in COUNTED.items()
    )
    counts = ", ".join(
        f"count(*) filter (day >= index_date - {-first})" if first else "count(*)"
        for first in FIRST_DAYS
    )
    with duckdb.connect(
        config={"threads": THREADS, "preserve_insertion_order": False}
    ) as connection:
        connection.execute(
            "create view target as select row_id, person_id, "
            f"date '1970-01-01' + index_day as index_date from read_parquet('{rows}')"
        )
        found = connection.execute(
            f"select row_id::integer, first_id, {counts} from ({records}) join target "
            "using (person_id) where day < index_date group by row_id, first_id"
        ).fetchnumpy()
        n_rows = connection.execute("select count(*) from target").fetchall()[0][0]
    row, first_id, *counted = (np.asarray(column) for column in found.values())
    first_ids = np.unique(first_id)
    place = np.searchsorted(first_ids, first_id).astype(np.int32) * len(FIRST_DAYS)
    there = [np.flatnonzero(count) for count in counted]
    value = np.concatenate([count[at] for count, at in zip(counted, there, strict=True)])
    column = np.concatenate([place[at] + nth for nth, at in enumerate(there)])
    matrix = coo_matrix(
        (value.astype(np.float32), (np.concatenate([row[at] for at in there]), column)),
        shape=(n_rows, len(first_ids) * len(FIRST_DAYS)),
    ).tocsr()
    is_present = np.zeros(matrix.shape[1], np.bool_)
    is_present[matrix.indices] = True
    position = (np.cumsum(is_present) - 1).astype(np.int32)
    ids = (first_ids[:, None] + np.arange(len(FIRST_DAYS))).ravel()[is_present]
    matrix = csr_matrix(
        (matrix.data, position[matrix.indices], matrix.indptr), shape=(n_rows, len(ids))
    )
    return _matrix_taken(matrix, ids)


def preset_natively(people: Path, rows: Path) -> Taken:
    """`featureextraction-default` by the native pass, to triples."""
    from analytics.features.native.build import build_natively
    from analytics.features.prespecified import PolarsCdm

    files = {file.stem: [file] for file in people.glob("*.parquet")}
    cdm = PolarsCdm({name: pl.scan_parquet(of_table) for name, of_table in files.items()})
    made = build_natively(cohort_of(rows), cdm, files, preset=PRESET, end_day=-1, threads=THREADS)
    return _triples_taken(made.covariates)


def preset_portably(people: Path, rows: Path) -> Taken:
    """`featureextraction-default` by the definition itself, on Polars."""
    from analytics.features.prespecified import PolarsCdm, build_prespecified_covariates

    cdm = PolarsCdm({file.stem: pl.scan_parquet(file) for file in people.glob("*.parquet")})
    made = build_prespecified_covariates(cohort_of(rows), cdm, preset=PRESET, end_day=-1)
    return _triples_taken(made.covariates)


TASKS: dict[str, Callable[[Path, Path], Taken]] = {
    task.__name__: task
    for task in (counts_natively, counts_in_duckdb, preset_natively, preset_portably)
}


def cohort_of(rows: Path) -> pl.DataFrame:
    """The target rows as a cohort, which ends on the day it starts."""
    day = pl.col("index_day").cast(pl.Date)
    return pl.read_parquet(rows).select(
        "row_id", subject_id="person_id", cohort_start_date=day, cohort_end_date=day
    )


def _matrix_taken(matrix: csr_matrix, covariate_ids: NDArray[np.int64]) -> Taken:
    cpu, peak_gib = _used()
    matrix.sort_indices()
    digest = hashlib.sha256(covariate_ids.astype(np.int64).tobytes())
    for array, kind in (
        (matrix.indptr, np.int64),
        (matrix.indices, np.int32),
        (matrix.data, np.float32),
    ):
        digest.update(np.ascontiguousarray(array, dtype=kind))
    return Taken(cpu=cpu, peak_gib=peak_gib, n_triples=matrix.nnz, digest=digest.hexdigest())


def _triples_taken(triples: pl.DataFrame) -> Taken:
    cpu, peak_gib = _used()
    # Rows may come in any order: hashes of rows are added up.
    digest = str(triples.hash_rows(seed=1).sum())
    return Taken(cpu=cpu, peak_gib=peak_gib, n_triples=triples.height, digest=digest)


def _used() -> tuple[float, float]:
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.process_time(), kib * (1 if sys.platform == "darwin" else 1024) / 2**30


def main(words: Sequence[str]) -> None:
    """Do the task and say what it took."""
    task, people, rows = words
    print(json.dumps(asdict(TASKS[task](Path(people), Path(rows)))))


if __name__ == "__main__":
    main(sys.argv[1:])
