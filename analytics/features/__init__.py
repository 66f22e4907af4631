"""What was known of each person before the index date: covariates by domain, as a sparse matrix.

What is made is data: settings (`settings/`), a preset or one's own file. What a measure means is
said once, in narwhals (`definition.py`), and runs on Polars or on Spark. `covariate_id` is
`concept_id * 1000 + analysis_id`, as FeatureExtraction forms it; our own analyses have the ids 930
to 979, those of one's own settings 305 to 399, 505 to 599 and 813 to 899.
"""

from analytics.features.analysis import Analysis
from analytics.features.build import build_covariates
from analytics.features.leakage import check_no_leakage
from analytics.features.matrix import CovariateMatrix
from analytics.features.settings import our_analyses
from analytics.features.tidy import Tidying, TidyRules, learn_tidying, tidy_csr
from analytics.features.units_on_polars import leave_out_set_aside

__all__ = [
    "Analysis",
    "CovariateMatrix",
    "TidyRules",
    "Tidying",
    "build_covariates",
    "check_no_leakage",
    "learn_tidying",
    "leave_out_set_aside",
    "our_analyses",
    "tidy_csr",
]
