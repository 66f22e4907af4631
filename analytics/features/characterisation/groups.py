"""Which groups each cohort row is in, read from the row's own covariates.

Sex, race and ethnicity come from the covariates that tell them, the age band from the age; so a
folder of covariates can be characterised without the CDM it came from.
"""

from collections.abc import Sequence

import polars as pl

from analytics.days import age_band
from analytics.errors import BadInputError, near_miss
from analytics.features.characterisation.characteristics import EVERYONE, GROUP_COLUMNS, OVERALL
from analytics.features.covariates import Covariates
from analytics.features.demographics import AGE, ETHNICITY, GROUP_NAMES, RACE, SEX

UNKNOWN = "Unknown"
# Of each attribute FeatureExtraction's analysis that tells it, and our own.
TOLD_BY = {
    "sex": (1, SEX.analysis_id),
    "age_band": (2, AGE.analysis_id),
    "race": (4, RACE.analysis_id),
    "ethnicity": (5, ETHNICITY.analysis_id),
}
ATTRIBUTES = tuple(TOLD_BY)


def group_rows(
    rows: pl.DataFrame, covariates: Covariates, attributes: Sequence[str] = ()
) -> pl.DataFrame:
    """One row for each cohort row and attribute, with `person_id` and `group_name`.

    `rows` has `row_id` and `person_id`. Everyone is in the group Everyone of the attribute
    `overall`. Of whom nothing is recorded is in the group Unknown.

    Raises BadInputError for an unknown attribute, or one that no covariate here tells.
    """
    everyone = rows.select(
        "row_id", "person_id", attribute=pl.lit(OVERALL), group_name=pl.lit(EVERYONE)
    )
    parts = [everyone, *(_of_attribute(rows, covariates, name) for name in attributes)]
    return pl.concat(part.select(GROUP_COLUMNS) for part in parts)


def _of_attribute(rows: pl.DataFrame, covariates: Covariates, attribute: str) -> pl.DataFrame:
    told = _told(covariates, attribute)
    if attribute == "age_band":
        group = pl.col("covariate_value").cast(pl.Int64)
        groups = group.map_elements(age_band, return_dtype=pl.String)
    else:
        named = pl.col("concept_id").replace_strict(
            GROUP_NAMES, default=None, return_dtype=pl.String
        )
        # A concept outside our groups goes by its own name, without "race = " before it.
        groups = pl.coalesce(named, pl.col("covariate_name").str.replace(r"^\w+( = |: )", ""))
    found = told.select("row_id", group_name=groups).unique(
        "row_id", keep="first", maintain_order=True
    )
    return rows.join(found, on="row_id", how="left", maintain_order="left").select(
        "row_id",
        "person_id",
        attribute=pl.lit(attribute),
        group_name=pl.col("group_name").fill_null(UNKNOWN),
    )


def _told(covariates: Covariates, attribute: str) -> pl.DataFrame:
    """The values of the analysis that tells the attribute, with the covariates' names."""
    if attribute not in TOLD_BY:
        raise BadInputError(
            f"there is no attribute '{attribute}'.{near_miss(attribute, ATTRIBUTES)} "
            f"Attributes are {', '.join(ATTRIBUTES)}."
        )
    wanted = TOLD_BY[attribute]
    if covariates.analysis_ref.filter(pl.col("analysis_id").is_in(wanted)).is_empty():
        raise BadInputError(
            f"no covariate here tells the {attribute.replace('_', ' ')}: the analyses lack "
            f"{' and '.join(map(str, wanted))}. Make the features with one of them, "
            "e.g. --settings featureextraction-all."
        )
    described = covariates.covariate_ref.filter(pl.col("analysis_id").is_in(wanted)).select(
        "covariate_id", "covariate_name", "analysis_id", "concept_id"
    )
    # DemographicsGender and its kin name the concept in the id, also where the reference has 0.
    return (
        covariates.covariates.join(described, on="covariate_id", how="inner")
        .with_columns(concept_id=pl.col("covariate_id") // 1000)
        .sort("row_id", "covariate_id")
    )
