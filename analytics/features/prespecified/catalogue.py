"""The 118 prespecified analyses, read from `catalogue.csv`, and the presets that choose of them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import polars as pl

from analytics.errors import BadInputError, near_miss

CATALOGUE = Path(__file__).with_name("catalogue.csv")
PRESETS = ("featureextraction-default", "featureextraction-all")

Measure = Literal[
    "gender",
    "age",
    "age_group",
    "race",
    "ethnicity",
    "index_year",
    "index_month",
    "index_year_month",
    "prior_observation",
    "post_observation",
    "time_in_cohort",
    "care_site",
    "concept",  # 1 for each concept recorded in the window
    "inpatient_concept",  # the same, on a day of an inpatient stay
    "concept_group",  # 1 for each group that a recorded concept belongs to
    "value",  # the latest value of each concept and unit
    "range_group",  # 1 where a value was below, within or above its normal range
    "value_as_concept",  # 1 for each concept with each of its answers
    "distinct_concepts",  # how many concepts
    "records",  # how many records
    "records_by_concept",  # how many records of each concept
    "score",
]
WindowName = Literal["", "any_time", "long_term", "medium_term", "short_term", "last_day"]
MatchedBy = Literal["", "start", "overlap"]

NOT_BINARY: frozenset[Measure] = frozenset(
    {
        "age",
        "prior_observation",
        "post_observation",
        "time_in_cohort",
        "value",
        "distinct_concepts",
        "records",
        "records_by_concept",
        "score",
    }
)


@dataclass(frozen=True, kw_only=True)
class PrespecifiedAnalysis:
    """One analysis: what is computed (`measure`), of which table, in which window.

    `matched_by` says whether a record counts by its start day, or by any overlap with the window.
    """

    analysis_id: int
    analysis_name: str
    domain_id: str
    measure: Measure
    table: str
    window: WindowName
    matched_by: MatchedBy
    is_default: bool

    @property
    def is_binary(self) -> bool:
        """Whether its only value is 1."""
        return self.measure not in NOT_BINARY

    @property
    def missing_means_zero(self) -> bool | None:
        """What a missing value means; null where the analysis is binary."""
        return None if self.is_binary else self.measure != "value"


@cache
def read_catalogue() -> tuple[PrespecifiedAnalysis, ...]:
    """All prespecified analyses, by id."""
    rows = (
        pl.read_csv(CATALOGUE, comment_prefix="#")
        .with_columns(pl.col(pl.String).fill_null(""))
        .sort("analysis_id")
    )
    if unknown := set(rows["measure"]) - set(get_args(Measure)):
        raise ValueError(f"{CATALOGUE.name} names measures that nobody computes: {unknown}")
    return tuple(
        PrespecifiedAnalysis(
            analysis_id=row["analysis_id"],
            analysis_name=row["analysis_name"],
            domain_id=row["domain_id"],
            measure=row["measure"],
            table=row["table"],
            window=row["window"],
            matched_by=row["matched_by"],
            is_default=row["is_default"],
        )
        for row in rows.iter_rows(named=True)
    )


def analyses_of_preset(preset: str) -> tuple[PrespecifiedAnalysis, ...]:
    """The analyses of a preset: FeatureExtraction's 29 default ones, or all 118."""
    if preset not in PRESETS:
        raise BadInputError(
            f"there is no preset {preset!r} of FeatureExtraction's analyses."
            f"{near_miss(preset, PRESETS)} There are {' and '.join(PRESETS)}."
        )
    catalogue = read_catalogue()
    if preset == "featureextraction-all":
        return catalogue
    return tuple(analysis for analysis in catalogue if analysis.is_default)
