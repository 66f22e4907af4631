"""What `predict` prints: few people are not counted at a terminal."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analytics.pipelines.predicting import RisksAsOf
from analytics.pipelines.showing import risk_tables
from analytics.studies import load_study


@pytest.mark.parametrize(
    ("n_people", "n_flagged", "told"),
    [(0, 0, ["0", "0"]), (40, 10, ["40", "fewer than 11"]), (2_000, 11, ["2,000", "11"])],
)
def test_few_people_are_not_counted(n_people, n_flagged, told):
    prediction = pl.DataFrame(
        {
            "person_id": range(n_people),
            "is_flagged": [number < n_flagged for number in range(n_people)],
            "risk": [0.5] * n_people,
        },
        schema={"person_id": pl.Int64, "is_flagged": pl.Boolean, "risk": pl.Float64},
    )
    risks = RisksAsOf(
        as_of=date(2024, 1, 1), prediction=prediction, prediction_reason=pl.DataFrame()
    )

    [(_, table)] = risk_tables(load_study("readmission_30d"), risks, Path("risks.parquet"))

    assert table.select("n_people", "n_within_capacity").row(0) == tuple(told)
