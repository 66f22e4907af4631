"""Covariates of cohort rows in long form, with what they are made of and what was read for them."""

from dataclasses import dataclass, field

import polars as pl

from analytics.features.certificate import CERTIFICATE_COLUMNS


@dataclass(frozen=True, kw_only=True)
class Covariates:
    """Covariates as FeatureExtraction gives them, with the leakage certificate of the run.

    `covariates`: one row for each value: `row_id`, `covariate_id`, `covariate_value`; a pair can
    stand twice, where the units of a concept clash.
    `covariate_ref`: one row for each covariate (and each unit of a clash), with its name.
    `analysis_ref`: one row for each analysis. `warnings`: what was left out, in words.
    `certificate`: one row for each analysis, as `certificate.py` writes it.
    """

    covariates: pl.DataFrame
    covariate_ref: pl.DataFrame
    analysis_ref: pl.DataFrame
    certificate: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=CERTIFICATE_COLUMNS)
    )
    warnings: tuple[str, ...] = ()
