"""The native pass gives what the portable definition gives, whatever the records."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics.days import Window
from analytics.features.native.build import build_natively
from analytics.features.native.counting import CountedTable, count_records
from analytics.features.prespecified import PolarsCdm, build_prespecified_covariates
from analytics.features.prespecified.cohort_rows import index_dates
from tests.support.random_cdm import random_cohort, write_random_cdm

TABLES = {
    "condition_occurrence": ("condition_concept_id", "condition_start_date", 930),
    "measurement": ("measurement_concept_id", "measurement_date", 940),
}
WINDOWS = (
    Window(first_day=-30, last_day=-1),
    Window(first_day=-365, last_day=-180),
    Window(first_day=None, last_day=0),
    Window(first_day=-100, last_day=20),
)


@pytest.mark.parametrize(
    ("seed", "end_day", "preset"),
    [(1, -1, "all"), (2, 0, "all"), (3, -20, "all"), (4, -1, "default")],
)
def test_native_covariates_are_those_of_the_portable_definition(tmp_path, seed, end_day, preset):
    files = write_random_cdm(tmp_path, seed)
    cdm = PolarsCdm({name: pl.scan_parquet(of_table) for name, of_table in files.items()})
    cohort = random_cohort(seed)

    native = build_natively(
        cohort,
        cdm,
        files,
        preset=f"featureextraction-{preset}",
        end_day=end_day,
        threads=2,
        people_in_a_shard=7,
    )
    portable = build_prespecified_covariates(
        cohort, cdm, preset=f"featureextraction-{preset}", end_day=end_day
    )

    assert portable.covariates.height > 1_000
    for found in ("covariates", "covariate_ref", "analysis_ref", "certificate"):
        assert in_order(getattr(native, found)).equals(in_order(getattr(portable, found))), found
    assert native.warnings == portable.warnings


@pytest.mark.parametrize("seed", [4, 5])
def test_native_counts_are_those_of_a_plain_loop(tmp_path, seed):
    files = write_random_cdm(tmp_path, seed)
    rows = index_dates(random_cohort(seed))

    matrix, covariate_ids = count_records(
        rows,
        [
            CountedTable(
                files=tuple(files[table]),
                concept=concept,
                start=start,
                windows=dict(enumerate(WINDOWS, first_id)),
            )
            for table, (concept, start, first_id) in TABLES.items()
        ],
        threads=2,
        people_in_a_shard=7,
    )

    found = matrix.tocoo()
    counted = {
        (int(row), int(covariate_ids[column])): int(value)
        for row, column, value in zip(found.row, found.col, found.data, strict=True)
    }
    assert counted == counted_plainly(rows, files)
    assert len(counted) == matrix.nnz > 500
    assert matrix.has_sorted_indices
    assert np.all(np.diff(covariate_ids) > 0)


def counted_plainly(
    rows: pl.DataFrame, files: Mapping[str, list[Path]]
) -> dict[tuple[int, int], int]:
    counts: dict[tuple[int, int], int] = {}
    for table, (concept_column, start_column, first_id) in TABLES.items():
        columns = ("person_id", concept_column, start_column)
        records = pl.read_parquet(files[table]).select(columns).rows()
        for row, (person, index_day) in enumerate(rows.select("person_id", "index_day").rows()):
            for of_person, concept, start in records:
                if of_person != person or not concept or start is None:
                    continue
                days = start.toordinal() - 719_163 - index_day
                for analysis_id, window in enumerate(WINDOWS, first_id):
                    first = -10_000 if window.first_day is None else window.first_day
                    if first <= days <= window.last_day:
                        key = (row, concept * 1000 + analysis_id)
                        counts[key] = counts.get(key, 0) + 1
    return counts


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(frame.columns)
