"""Every measure of one's own settings is what a plain loop over people and events finds."""

import math
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analytics.features.making import build_feature_covariates
from analytics.features.prespecified import PolarsCdm
from analytics.features.settings import FeatureSettings, read_feature_settings
from tests.support.crowded_cdm import CONCEPTS, crowded_cohort, crowded_tables
from tests.support.plainly_measured import COLUMNS, answered_plainly, measured_plainly

SEEDS = st.integers(min_value=0, max_value=2**31)
# A seed cannot be made simpler.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
WINDOWS = "windows: [30, 365, any, -180 to -31, any to -31]"
EVERY_MEASURE = f"""
units: as_recorded
analyses:
  - id: 305
    domain: measurement
    measures: [count, any, distinct_days, days_since_latest, first_value, latest_value,
      days_since_latest_value, min, max, mean, sum, standard_deviation, slope, below_range,
      above_range, out_of_range, distinct_concepts]
    {WINDOWS}
  - {{id: 505, domain: visit, measures: [count, any, days_within], {WINDOWS}}}
  - {{id: 520, domain: visit, measures: [count, any], matched_by: overlap, {WINDOWS}}}
  - {{id: 530, domain: visit, measures: [count, days_within], by: domain, {WINDOWS}}}
  - {{id: 540, domain: cohort, measures: [count, any, days_since_latest], {WINDOWS},
      cohorts: [{{id: 11, name: Eleven}}, {{id: 13, name: Thirteen}}]}}
"""
ROLLED_UP = f"""
analyses:
  - {{id: 813, domain: condition_era, measures: [count, distinct_days], {WINDOWS},
      roll_up: [100, 200, 13]}}
  - {{id: 830, domain: condition_era, measures: [count], {WINDOWS}, include: [100]}}
  - {{id: 840, domain: condition_era, measures: [count], {WINDOWS}, exclude: [200]}}
  - {{id: 850, domain: condition_era, measures: [count], {WINDOWS}, include: [11, 12, 13],
      exclude: [13, 100], include_descendants: false}}
"""
ANSWERS = f"""
analyses:
  - {{id: 305, domain: measurement, measures: [value_as_concept], {WINDOWS}}}
"""


def settings_of(text: str, folder: Path) -> FeatureSettings:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return read_feature_settings(file)


def cdm_of(tables: Mapping[str, pl.DataFrame]) -> PolarsCdm:
    return PolarsCdm({name: frame.lazy() for name, frame in tables.items()})


Values = dict[tuple[int, int], float]


def made(text: str, folder: Path, seed: int) -> tuple[FeatureSettings, Values]:
    """The settings, and the value of each (row_id, covariate_id)."""
    asked = settings_of(text, folder)
    found = build_feature_covariates(
        crowded_cohort(seed=seed), cdm_of(crowded_tables(seed=seed)), asked
    ).covariates
    values = {(row_id, covariate_id): value for row_id, covariate_id, value in found.rows()}
    assert len(values) == found.height
    return asked, values


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


@settings(max_examples=4, deadline=None, phases=PHASES)
@given(seed=SEEDS)
def test_each_measure_is_what_a_plain_loop_finds(folder: Path, seed: int):
    asked, values = made(EVERY_MEASURE, folder, seed)

    cohort, tables = crowded_cohort(seed=seed), crowded_tables(seed=seed)
    expected = {}
    for analysis in asked.analyses:
        chosen = {11, 13} if analysis.domain == "cohort" else None
        plainly = measured_plainly(cohort, tables, analysis, chosen=chosen)
        expected |= {
            (row_id, concept_id * 1000 + analysis.analysis_id): value
            for (row_id, concept_id), value in plainly.items()
        }
    assert values.keys() == expected.keys()
    different = {
        key: (value, expected[key])
        for key, value in values.items()
        if not math.isclose(value, expected[key], rel_tol=1e-9, abs_tol=1e-9)
    }
    assert not different
    by_id = {analysis.analysis_id: analysis.measure for analysis in asked.analyses}
    assert {by_id[covariate_id % 1000] for _, covariate_id in values} == set(by_id.values())


@settings(max_examples=5, deadline=None, phases=PHASES)
@given(seed=SEEDS)
def test_concepts_are_chosen_and_rolled_up_as_the_ancestors_say(folder: Path, seed: int):
    asked, values = made(ROLLED_UP, folder, seed)

    cohort, tables = crowded_cohort(seed=seed), crowded_tables(seed=seed)
    groups = {11: {100}, 12: {100, 200}, 13: {13}}
    chosen = {830: {11, 12}, 840: set(CONCEPTS) - {12}, 850: {11, 12}}
    expected = {}
    for analysis in asked.analyses:
        first_id = max(each for each in (813, 830, 840, 850) if each <= analysis.analysis_id)
        plainly = measured_plainly(
            cohort,
            tables,
            analysis,
            lifted=groups if first_id == 813 else None,
            chosen=chosen.get(first_id),
        )
        expected |= {
            (row_id, concept_id * 1000 + analysis.analysis_id): value
            for (row_id, concept_id), value in plainly.items()
        }
    assert values == expected


@settings(max_examples=5, deadline=None, phases=PHASES)
@given(seed=SEEDS)
def test_answers_are_told_apart(folder: Path, seed: int):
    asked = settings_of(ANSWERS, folder)
    cohort, tables = crowded_cohort(seed=seed), crowded_tables(seed=seed)

    found = build_feature_covariates(cohort, cdm_of(tables), asked)

    named = found.covariates.join(found.covariate_ref, on="covariate_id")
    assert set(named["covariate_value"]) == {1.0}
    for analysis in asked.analyses:
        ours = named.filter(pl.col("analysis_id") == analysis.analysis_id)
        pairs = ours.select("row_id", "concept_id", "value_as_concept_id").rows()
        assert set(pairs) == answered_plainly(cohort, tables, analysis)
        assert len(pairs) == len(set(pairs))


@settings(max_examples=3, deadline=None, phases=PHASES)
@given(seed=SEEDS)
def test_what_begins_from_the_index_day_on_and_the_order_of_rows_change_nothing(
    folder: Path, seed: int
):
    asked = settings_of(EVERY_MEASURE, folder)
    cohort = crowded_cohort(seed=seed).unique("subject_id", keep="first", maintain_order=True)
    tables = crowded_tables(seed=seed)
    index = cohort["cohort_start_date"][0]
    starts = {name: start for name, _, start, _ in COLUMNS.values()}
    past = {
        name: (frame.filter(pl.col(starts[name]) < index) if name in starts else frame).sample(
            fraction=1, shuffle=True, seed=seed
        )
        for name, frame in tables.items()
    }

    one_way = build_feature_covariates(cohort, cdm_of(tables), asked)
    another = build_feature_covariates(cohort.reverse(), cdm_of(past), asked)

    key = ["row_id", "covariate_id"]
    ours, theirs = one_way.covariates.sort(key), another.covariates.sort(key)
    assert ours.select(key).equals(theirs.select(key))
    apart = (ours["covariate_value"] - theirs["covariate_value"]).abs()
    assert (apart <= 1e-9 * ours["covariate_value"].abs().clip(lower_bound=1.0)).all()
    assert one_way.covariate_ref.equals(another.covariate_ref)
    assert one_way.certificate.equals(another.certificate)


@settings(max_examples=2, deadline=None, phases=PHASES)
@given(seed=SEEDS)
def test_people_may_be_done_in_parts(folder: Path, seed: int):
    asked = settings_of(ROLLED_UP, folder)
    cohort, cdm = crowded_cohort(seed=seed), cdm_of(crowded_tables(seed=seed))
    is_first = pl.col("subject_id") % 2 == 0

    whole = build_feature_covariates(cohort, cdm, asked)
    parts = [
        build_feature_covariates(cohort.filter(half), cdm, asked) for half in (is_first, ~is_first)
    ]

    key = ["row_id", "covariate_id"]
    together = pl.concat(part.covariates for part in parts)
    assert together.sort(key).equals(whole.covariates.sort(key))
    refs = pl.concat(part.covariate_ref for part in parts).unique()
    assert refs.sort("covariate_id").equals(whole.covariate_ref.sort("covariate_id"))
