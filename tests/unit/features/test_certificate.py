"""The leakage certificate: one future row in any domain, read by mistake, fails the run."""

from datetime import timedelta

import narwhals as nw
import polars as pl
import pytest

from analytics.errors import RunFailedError
from analytics.features import definition
from analytics.features.making import build_feature_covariates
from analytics.features.prespecified import PolarsCdm, definitions
from analytics.features.prespecified.catalogue import read_catalogue
from analytics.features.prespecified.tables import EVENT_TABLES
from analytics.features.settings import FeatureSettings, read_feature_settings
from tests.support.feature_runs import PERIODS, run_features
from tests.support.small_cdm import INDEX_DATE, PERSON, cohort
from tests.support.tables import table

TABLES = tuple(sorted({each.table for each in read_catalogue() if each.table}))
OWN = read_feature_settings("catchment-default")


def events(name: str, *days: int) -> pl.DataFrame:
    """One row for each day relative to index of person 1, in that event table."""
    event = EVENT_TABLES[name]
    columns = {"person_id": [1] * len(days), event.concept: [9] * len(days)}
    columns[event.start] = [INDEX_DATE + timedelta(days=day) for day in days]
    if event.end:
        columns[event.end] = columns[event.start]
    if event.key:
        columns[event.key] = list(range(len(days)))
    return pl.DataFrame(columns)


def made(settings: FeatureSettings, **tables: pl.DataFrame):
    drawn = {"person": table(PERSON), "observation_period": table(PERIODS)} | tables
    cdm = PolarsCdm({name: frame.lazy() for name, frame in drawn.items()})
    return build_feature_covariates(cohort(1), cdm, settings)


def settings_of(name: str) -> FeatureSettings:
    """All of FeatureExtraction's analyses that read a table."""
    asked = tuple(each for each in read_catalogue() if each.table == name)
    return FeatureSettings(name=name, end_day=-1, prespecified=asked)


@pytest.mark.parametrize("name", TABLES)
def test_one_future_row_that_is_read_fails_the_run(monkeypatch, name):
    planted = {name: events(name, -3, 1)}
    before = made(settings_of(name), **planted).certificate
    assert before["latest_day"].drop_nulls().max() == -3

    whole = definitions.relative_to_index
    monkeypatch.setattr(
        definitions, "relative_to_index", lambda records, rows, end: whole(records, rows, end + 9)
    )
    with pytest.raises(RunFailedError, match=r"know the future: .*day 1; the last day"):
        made(settings_of(name), **planted)


@pytest.mark.parametrize("domain", sorted({each.domain for each in OWN.analyses}))
def test_one_future_row_fails_our_own_analyses_too(monkeypatch, domain):
    from analytics.features.domains import EVENT_DOMAINS

    name = EVENT_DOMAINS[domain].table
    asked = tuple(each for each in OWN.analyses if each.domain == domain)
    settings = FeatureSettings(name="own", end_day=-1, analyses=asked)
    planted = {name: events(name, -3, 1)}
    assert made(settings, **planted).certificate["latest_day"].max() == -3

    monkeypatch.setattr(
        definition,
        "keep_lookback",
        lambda joined, last_day=-1: joined.with_columns(days=nw.col("day") - nw.col("index_day")),
    )
    monkeypatch.setattr("analytics.features.own.made.keep_lookback", definition.keep_lookback)
    with pytest.raises(RunFailedError, match="covariates know the future"):
        made(settings, **planted)


def test_an_inpatient_record_of_the_future_fails_the_run(monkeypatch):
    stays = events("visit_occurrence", -3, 1).with_columns(
        visit_concept_id=pl.lit(9201), visit_end_date=INDEX_DATE + timedelta(days=5)
    )
    ancestors = pl.DataFrame(
        {
            "ancestor_concept_id": [9201],
            "descendant_concept_id": [9201],
            "min_levels_of_separation": [0],
        }
    )
    asked = tuple(each for each in read_catalogue() if each.measure == "inpatient_concept")
    settings = FeatureSettings(name="inpatient", end_day=-1, prespecified=asked)
    planted = {
        "condition_occurrence": events("condition_occurrence", -2, 1),
        "visit_occurrence": stays,
        "concept_ancestor": ancestors,
    }
    assert made(settings, **planted).certificate["latest_day"].to_list() == [-2] * len(asked)

    whole = definitions.relative_to_index
    monkeypatch.setattr(
        definitions, "relative_to_index", lambda records, rows, end: whole(records, rows, end + 9)
    )
    with pytest.raises(RunFailedError, match=r"PrimaryInpatient.*day 1"):
        made(settings, **planted)


def test_nothing_is_kept_of_a_run_that_knows_the_future(monkeypatch, tmp_path):
    whole = run_features(tmp_path).values()
    assert whole

    relative = definitions.relative_to_index
    monkeypatch.setattr(
        definitions,
        "relative_to_index",
        lambda records, rows, end: relative(records, rows, end + 1),
    )
    with pytest.raises(RunFailedError, match="Nothing was kept"):
        run_features(tmp_path, rows=cohort(3))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not list((tmp_path / "out").glob(".making-*"))
