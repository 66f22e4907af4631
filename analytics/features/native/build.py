"""All covariates at once: natively where it can be done, by the portable definition elsewhere."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import polars as pl

from analytics.features.covariates import Covariates
from analytics.features.native.prespecified_pass import NativePass
from analytics.features.native.shards import PEOPLE_IN_A_SHARD
from analytics.features.prespecified.build import (
    collected_in_memory,
    made_of,
    settled_together,
)
from analytics.features.prespecified.catalogue import analyses_of_preset
from analytics.features.prespecified.cohort_rows import index_dates
from analytics.features.prespecified.settling import settle
from analytics.features.prespecified.tables import Cdm
from analytics.features.prespecified.windows import check_end_day


def build_natively(
    cohort: pl.DataFrame,
    cdm: Cdm,
    files: Mapping[str, Sequence[Path]],
    *,
    preset: str,
    end_day: int,
    threads: int,
    people_in_a_shard: int = PEOPLE_IN_A_SHARD,
) -> Covariates:
    """What `build_prespecified_covariates` gives of the same cohort and CDM, rows in no order.

    `files` are the Parquet files of each table. Raises NotServedError where a concept id is met
    that is beyond 32 bits.
    """
    check_end_day(end_day)
    analyses, dates = analyses_of_preset(preset), index_dates(cohort)
    native = NativePass(
        cdm, files, analyses, end_day, threads=threads, people_in_a_shard=people_in_a_shard
    )
    rest = [each for each in analyses if each not in native.served]
    parts = chain(
        ((each.covariates(), each.answers(), each.found()) for each in native.find(dates)),
        (collected_in_memory(cdm, made) for _, made in made_of(cdm, dates, rest, end_day)),
    )
    return settled_together(parts, lambda found: settle(found, cdm, analyses, end_day))
