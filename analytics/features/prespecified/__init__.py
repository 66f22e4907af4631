"""FeatureExtraction's 118 prespecified analyses, as FeatureExtraction 3.14.0 answers them.

The catalogue is data (`catalogue.csv`); what each measure means is said once, in narwhals, on
integer days relative to index, and runs on Polars and on PySpark. Eras and ancestors are read as
they come.
"""

from analytics.features.prespecified.build import build_prespecified_covariates
from analytics.features.prespecified.catalogue import (
    PRESETS,
    PrespecifiedAnalysis,
    analyses_of_preset,
)
from analytics.features.prespecified.polars_cdm import PolarsCdm

__all__ = [
    "PRESETS",
    "PolarsCdm",
    "PrespecifiedAnalysis",
    "analyses_of_preset",
    "build_prespecified_covariates",
]
