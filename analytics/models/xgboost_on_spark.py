"""The same boosted trees, grown on Spark's workers by `xgboost.spark` from sparse vectors.

Rows are handed to Spark once, as lists of column and value; what is not stored is missing, as it
is to the local engine. Both engines see the lower edges of the same bins (`cut_points.py`), so
they choose among the same splits.
"""

import logging
from typing import cast

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
import xgboost
from pyspark.ml.linalg import SparseVector, Vectors, VectorUDT
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.utils import is_remote
from xgboost.spark import SparkXGBClassifier

from analytics.errors import RunFailedError
from analytics.evaluation.predictions import Bools
from analytics.models.cut_points import learn_cut_points
from analytics.models.rows import PopulationRows
from analytics.models.xgboost import BINS, ROUNDS, SETTINGS, XGBoostModel

NOT_STORED = 0.0  # No value is 0: `JUST_BELOW_ZERO` stands for it.


def learn_xgboost_on_spark(
    rows: PopulationRows,
    had_outcome: Bools,
    *,
    spark: SparkSession,
    seed: int,
    rounds: int = ROUNDS,
) -> XGBoostModel:
    """Boost `rounds` trees on as many workers as the session has cores for.

    Risks agree with `learn_xgboost` on the same rows within 1e-5 (on our own data they were equal):
    where two splits are equally good, the order in which workers add up gradients may decide.

    Raises `RunFailedError` for a session of Spark Connect: workers that train together are asked
    for by the driver, and there is none in this process.
    """
    if is_remote():
        raise RunFailedError(
            "xgboost.spark cannot train over Spark Connect: its workers wait for each other, which "
            "only a driver in this process can ask of a cluster. Set CATCHMENT_SPARK_MASTER to the "
            "cluster's master instead, or train here with --engine polars."
        )
    logging.getLogger("XGBoost-PySpark").setLevel(logging.WARNING)
    cuts = learn_cut_points(rows.covariates, n_bins=BINS)
    learner = SparkXGBClassifier(
        features_col="covariates",
        label_col="had_outcome",
        num_workers=_n_workers(spark),
        enable_sparse_data_optim=True,
        missing=NOT_STORED,
        n_estimators=rounds,
        base_score=float(had_outcome.mean()),
        random_state=seed,
        verbose=False,
    )
    learner.setParams(**{name: value for name, value in SETTINGS.items() if name != "objective"})
    fitted = learner.fit(_on_spark(spark, cuts.to_lower_edges(rows.covariates), had_outcome))
    return XGBoostModel(booster=cast(xgboost.Booster, fitted.get_booster()))


def _n_workers(spark: SparkSession) -> int:
    """As many tasks as the session can run at once: workers wait for each other."""
    spark.range(1).count()  # By now a cluster has given us an executor.
    context = spark.sparkContext._jsc.sc()
    of_each_task = context.resourceProfileManager().defaultResourceProfile()
    return max(1, int(context.maxNumConcurrentTasks(of_each_task)))


def _on_spark(spark: SparkSession, covariates: sp.csr_matrix, had_outcome: Bools) -> DataFrame:
    """One row for each row of the matrix: `had_outcome` and the vector of its `covariates`."""
    offsets = pa.array(covariates.indptr, pa.int32())
    table = pa.table(
        {
            "had_outcome": had_outcome.astype(np.float64),
            "places": pa.ListArray.from_arrays(offsets, pa.array(covariates.indices, pa.int32())),
            "found": pa.ListArray.from_arrays(
                offsets, pa.array(covariates.data.astype(np.float64), pa.float64())
            ),
        }
    )
    n_covariates = covariates.shape[1]

    @f.udf(returnType=VectorUDT(), useArrow=False)
    def as_vector(places: list[int], found: list[float]) -> SparseVector:
        return Vectors.sparse(n_covariates, places, found)

    frame = spark.createDataFrame(table)
    return frame.select("had_outcome", as_vector("places", "found").alias("covariates"))
