"""Covariate ids of codes and analyses, formed as the portable definition forms them."""

from typing import cast

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.features.prespecified.ids import answer_id, plain_id, range_id

CONCEPT, ANALYSIS, GROUP, ANSWER = (
    nw.col(name) for name in ("concept", "analysis", "group", "answer")
)
N_RANGE_GROUPS = 3

Ids = NDArray[np.int64]


def plain_ids(concepts: Ids, analyses: Ids) -> Ids:
    """For each concept in turn, the covariate id of each analysis."""
    return _formed(plain_id(CONCEPT, ANALYSIS), analyses, concept=concepts)


def range_ids(concepts: Ids, analyses: Ids) -> Ids:
    """For each concept and range group in turn, the covariate id of each analysis."""
    return _formed(
        range_id(CONCEPT, GROUP, ANALYSIS),
        analyses,
        concept=np.repeat(concepts, N_RANGE_GROUPS),
        group=np.tile(np.arange(1, N_RANGE_GROUPS + 1), len(concepts)),
    )


def answer_ids(concepts: Ids, answers: Ids, analyses: Ids) -> Ids:
    """For each concept with its answer in turn, the covariate id of each analysis."""
    return _formed(answer_id(CONCEPT, ANSWER, ANALYSIS), analyses, concept=concepts, answer=answers)


def _formed(covariate_id: nw.Expr, analyses: Ids, **of_code: Ids) -> Ids:
    n_codes = len(of_code["concept"])
    frame = pl.DataFrame(
        {
            **{name: np.repeat(values, len(analyses)) for name, values in of_code.items()},
            "analysis": np.tile(analyses, n_codes),
        }
    )
    formed = nw.from_native(frame.lazy()).select(covariate_id=covariate_id)
    return cast(pl.LazyFrame, formed.to_native()).collect()["covariate_id"].to_numpy()
