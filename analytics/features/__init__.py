"""What was known of each person before the index date: covariates by domain, as a sparse matrix.

A covariate is defined once, in the file of its domain, and computed by one narwhals definition
(`definition.py`) on Polars or on Spark. `covariate_id` is `concept_id * 1000 + analysis_id`, as
FeatureExtraction forms it; our own analyses have the ids 930 to 979.
"""

from analytics.features.analysis import Analysis
from analytics.features.build import build_covariates
from analytics.features.domains import ANALYSES
from analytics.features.leakage import check_no_leakage
from analytics.features.matrix import CovariateMatrix
from analytics.features.selection import select_covariates

__all__ = [
    "ANALYSES",
    "Analysis",
    "CovariateMatrix",
    "build_covariates",
    "check_no_leakage",
    "select_covariates",
]
