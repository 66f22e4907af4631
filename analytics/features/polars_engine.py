"""Covariates on Polars: the definition, run by its streaming engine."""

from typing import cast

import narwhals as nw
import polars as pl

from analytics.features.definition import Definition


def run_on_polars(rows: pl.DataFrame, events: pl.LazyFrame, definition: Definition) -> pl.DataFrame:
    """The covariates that `definition` makes of `rows` and `events`, in no order."""
    made = definition(nw.from_native(rows.lazy()), nw.from_native(events))
    return cast(pl.LazyFrame, nw.to_native(made)).collect(engine="streaming")
