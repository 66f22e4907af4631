"""Covariates on Polars: the definition, run by its streaming engine."""

from typing import cast

import narwhals as nw
import polars as pl

from analytics.features.definition import Definition


def run_on_polars(rows: pl.DataFrame, events: pl.LazyFrame, definition: Definition) -> pl.DataFrame:
    """One row for each (row_id, covariate_id) that `definition` makes of `rows` and `events`."""
    made = definition(nw.from_native(rows.lazy()), nw.from_native(events))
    return cast(pl.LazyFrame, nw.to_native(made)).collect(engine="streaming")
