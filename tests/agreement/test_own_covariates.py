"""Do one's own settings give what FeatureExtraction gave where they ask for the same? And Spark?"""

from pathlib import Path

import polars as pl
import pytest

from analytics.features.making import build_feature_covariates
from analytics.features.prespecified import PolarsCdm
from analytics.features.settings import read_feature_settings
from tests.support.crowded_cdm import crowded_cohort, crowded_tables
from tests.support.feature_extraction import cohort_of, expected, tables_of

# The same questions under our words; in the comment, FeatureExtraction's analyses.
SAME_QUESTIONS = """
analyses:
  - {id: 813, domain: condition, measures: [any], windows: [any, 365]}  # 101, 102
  - {id: 815, domain: condition_era, measures: [any], windows: [365], matched_by: overlap}  # 202
  - {id: 816, domain: condition_era, measures: [any], windows: [365]}  # 206
  - {id: 817, domain: condition_era, measures: [any], windows: [365], matched_by: overlap,
     roll_up: condition_groups}  # 210
  - {id: 818, domain: condition_era, measures: [any], windows: [365], roll_up: condition_groups}
  - {id: 819, domain: drug_era, measures: [any], windows: [365], matched_by: overlap,
     roll_up: drug_groups}  # 410
  - {id: 820, domain: procedure, measures: [any], windows: [180]}  # 503
  - {id: 821, domain: device, measures: [any], windows: [30]}  # 604
  - {id: 822, domain: measurement, measures: [any], windows: [365]}  # 702
  - {id: 823, domain: observation, measures: [any], windows: [any]}  # 801
  - {id: 824, domain: drug, measures: [any], windows: [365]}  # 302
  - {id: 825, domain: visit, measures: [count], windows: [365], matched_by: overlap}  # 923
  - {id: 826, domain: visit, measures: [count], windows: [365], matched_by: overlap, by: domain}
  - {id: 827, domain: procedure, measures: [distinct_concepts], windows: [365]}  # 911
"""
THEIRS = {
    813: 101,
    814: 102,
    815: 202,
    816: 206,
    817: 210,
    818: 214,
    819: 410,
    820: 503,
    821: 604,
    822: 702,
    823: 801,
    824: 302,
    825: 923,
    826: 920,
    827: 911,
}
HEART_FAILURE = 316139
ON_SPARK = """
units: as_recorded
is_day_0_allowed: true
people: [sex, age, race, ethnicity, index_year, index_month]
scores: [lace]
analyses:
  - id: 305
    domain: measurement
    measures: [count, any, distinct_days, days_since_latest, first_value, latest_value,
      days_since_latest_value, min, max, mean, sum, standard_deviation, slope, below_range,
      above_range, out_of_range, distinct_concepts, value_as_concept]
    windows: [365]
  - {id: 505, domain: visit, measures: [count, days_within], windows: [365], by: domain}
  - {id: 813, domain: condition_era, measures: [any], windows: [365], roll_up: [100, 13],
     matched_by: overlap,
     include: [100, 13], exclude: [200]}
"""


@pytest.mark.needs_shared
def test_the_same_questions_have_the_answers_of_feature_extraction(tmp_path: Path):
    heights = check_same_questions("corner", tmp_path)

    assert min(heights) >= 100


@pytest.mark.needs_shared
@pytest.mark.agreement
@pytest.mark.parametrize("dataset", ["gibleed", "synthea27nj", "synthea1k", "synthea_fhir_r4"])
def test_the_same_questions_have_the_same_answers_on_other_cdms(tmp_path: Path, dataset: str):
    heights = check_same_questions(dataset, tmp_path)

    assert sum(heights) > 10_000


def check_same_questions(dataset: str, folder: Path) -> list[int]:
    """How many triples each question has, all of them equal."""
    file = folder / "same.yaml"
    file.write_text(SAME_QUESTIONS, encoding="utf-8")
    cdm, settings = PolarsCdm(tables_of(dataset)), read_feature_settings(file)
    ours = build_feature_covariates(cohort_of(dataset), cdm, settings).covariates
    theirs = expected(dataset, "all_endm1")
    for our_id, their_id in THEIRS.items():
        assert _of_analysis(ours, our_id).equals(_of_analysis(theirs, their_id)), their_id
    return [_of_analysis(theirs, their_id).height for their_id in THEIRS.values()]


def _of_analysis(triples: pl.DataFrame, analysis_id: int) -> pl.DataFrame:
    """One row for each row and concept of the analysis, with its value."""
    return (
        triples.filter(pl.col("covariate_id") % 1000 == analysis_id)
        .select(
            pl.col("row_id").cast(pl.Int64),
            concept_id=pl.col("covariate_id").cast(pl.Int64) // 1000,
            value=pl.col("covariate_value").cast(pl.Float64),
        )
        .sort("row_id", "concept_id")
    )


def _with_stays(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The random CDM with inpatient and emergency visits, and people with heart failure."""
    itself = pl.DataFrame(
        {"ancestor_concept_id": [HEART_FAILURE], "descendant_concept_id": [HEART_FAILURE]}
    ).with_columns(min_levels_of_separation=pl.lit(0, pl.Int64))
    return tables | {
        "visit_occurrence": tables["visit_occurrence"].with_columns(
            pl.col("visit_concept_id").replace({11: 9201, 12: 9203, 13: 262})
        ),
        "condition_era": tables["condition_era"].with_columns(
            pl.col("condition_concept_id").replace({-14: HEART_FAILURE})
        ),
        "concept_ancestor": pl.concat([tables["concept_ancestor"], itself]),
    }


@pytest.mark.needs_java
@pytest.mark.agreement
def test_spark_gives_what_polars_gives(tmp_path: Path):
    from analytics.features.prespecified.spark_cdm import SparkCdm
    from analytics.features.spark_engine import spark_session

    file = tmp_path / "every-measure.yaml"
    file.write_text(ON_SPARK, encoding="utf-8")
    settings = read_feature_settings(file)
    cohort, tables = crowded_cohort(seed=3), _with_stays(crowded_tables(seed=3))
    spark = spark_session()
    for name, frame in tables.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    on_disk = {name: spark.read.parquet(str(tmp_path / f"{name}.parquet")) for name in tables}

    on_polars = build_feature_covariates(
        cohort, PolarsCdm({name: frame.lazy() for name, frame in tables.items()}), settings
    )
    on_spark = build_feature_covariates(cohort, SparkCdm(spark, on_disk), settings)

    key = ["row_id", "covariate_id"]
    ours, theirs = on_polars.covariates.sort(key), on_spark.covariates.sort(key)
    assert theirs.select(key).equals(ours.select(key))
    # Sums of doubles depend on their order; all else is equal to the last digit.
    difference = (ours["covariate_value"] - theirs["covariate_value"]).abs()
    assert (difference <= 1e-9 * ours["covariate_value"].abs().clip(lower_bound=1.0)).all()
    of_sums = {
        each.analysis_id
        for each in settings.analyses
        if each.measure in ("mean", "sum", "standard_deviation", "slope")
    }
    exact = ~(ours["covariate_id"] % 1000).is_in(of_sums)
    assert difference.filter(exact).max() == 0
    assert on_spark.covariate_ref.sort("covariate_id").equals(
        on_polars.covariate_ref.sort("covariate_id")
    )
    assert on_spark.certificate.equals(on_polars.certificate)
    found = {covariate_id % 1000 for covariate_id in ours["covariate_id"]}
    assert found == {each.analysis_id for each in settings.ones_own}
