"""Including and leaving out concepts, as FeatureExtraction's own settings do it.

The second way is the CDM itself: records of concepts that are not wanted are taken out of its
tables, one by one, and the same analyses run on what is left.
"""

from pathlib import Path

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.features.making import build_feature_covariates
from analytics.features.prespecified import (
    PolarsCdm,
    PrespecifiedAnalysis,
    analyses_of_preset,
)
from analytics.features.prespecified.tables import EVENT_TABLES
from analytics.features.settings import FeatureSettings, read_feature_settings
from analytics.pipelines import feature_opening
from tests.support.feature_runs import Display, run_features
from tests.support.random_cdm import random_cohort, write_random_cdm
from tests.support.small_cdm import INDEX_DATE, PERSON, cohort
from tests.support.tables import table

ALL = analyses_of_preset("featureextraction-all")
OF_A_PERSONS_CONCEPT = {1, 4, 5}
Triples = set[tuple[int, int, float | None]]


def settings_of(folder: Path, text: str, prespecified: str = "featureextraction-all"):
    file = folder / "chosen.yaml"
    file.write_text(f"prespecified: {prespecified}\n{text}", encoding="utf-8")
    return read_feature_settings(file)


def triples(tables: dict[str, pl.DataFrame], settings: FeatureSettings) -> Triples:
    cdm = PolarsCdm({name: frame.lazy() for name, frame in tables.items()})
    made = build_feature_covariates(random_cohort(seed=4), cdm, settings).covariates
    return set(made.fill_nan(None).rows())  # A value that is no number equals nothing.


def all_of(*asked: PrespecifiedAnalysis) -> FeatureSettings:
    """These analyses, of all concepts."""
    return FeatureSettings(name="plain", end_day=-1, prespecified=asked)


@pytest.fixture(scope="module")
def random_tables(tmp_path_factory) -> dict[str, pl.DataFrame]:
    files = write_random_cdm(tmp_path_factory.mktemp("random"), seed=4)
    return {name: pl.read_parquet(of_table) for name, of_table in files.items()}


@pytest.fixture(scope="module")
def of_all_concepts(random_tables) -> Triples:
    return triples(random_tables, all_of(*ALL))


@pytest.mark.parametrize(
    ("text", "included", "excluded", "with_descendants"),
    [
        ("include: [1, 2, 8507]\ninclude_descendants: false", {1, 2, 8507}, set(), (False, False)),
        ("include: [4, 1, 11]", {4, 1, 11}, set(), (True, True)),
        ("exclude: [1, 8532, 316866]", set(), {1, 8532, 316866}, (True, True)),
        (
            "include: [1, 12]\nexclude: [2, 3]\nexclude_descendants: false",
            {1, 12},
            {2, 3},
            (True, False),
        ),
    ],
)
def test_what_is_not_wanted_is_as_if_it_had_not_been_recorded(
    tmp_path, random_tables, of_all_concepts, text, included, excluded, with_descendants
):
    tables = random_tables
    ancestors = tables["concept_ancestor"].rows()

    def bring(named: set[int], with_descendants: bool) -> set[int]:
        if not with_descendants:
            return named
        return {below for above, below, _ in ancestors if above in named}

    wanted = bring(included, with_descendants[0])
    unwanted = bring(excluded, with_descendants[1])

    def is_wanted(concept: int | None) -> bool:
        return (not included or concept in wanted) and concept not in unwanted

    def without(name: str) -> pl.DataFrame:
        return tables[name].filter(
            pl.Series([is_wanted(concept) for concept in tables[name][EVENT_TABLES[name].concept]])
        )

    of_scores = {a.analysis_id for a in ALL if a.measure == "score"}
    of_groups = {a.analysis_id for a in ALL if a.measure == "concept_group"}
    # Stays and care sites read the visits of all concepts.
    of_visits = [a for a in ALL if a.table == "visit_occurrence"]
    others = [a for a in ALL if a.table != "visit_occurrence" and a.measure != "score"]
    filtered = {name: without(name) for name in EVENT_TABLES if name in tables}
    visits = {"visit_occurrence": filtered.pop("visit_occurrence")}
    recorded = triples(tables | filtered, all_of(*others)) | triples(
        tables | visits, all_of(*of_visits)
    )
    expected = {
        one
        for one in recorded
        if one[1] % 1000 not in of_groups | OF_A_PERSONS_CONCEPT or is_wanted(one[1] // 1000)
    }
    expected |= {one for one in of_all_concepts if one[1] % 1000 in of_scores}

    found = triples(tables, settings_of(tmp_path, text))

    assert found == expected
    assert len(of_all_concepts) > len(found) > 500


def test_a_concept_that_is_not_its_own_descendant_is_not_brought_by_itself(tmp_path):
    """FeatureExtraction reads `concept_ancestor` as it comes: 5 has no row of it to itself."""
    frames = {
        "person": table(PERSON),
        "procedure_occurrence": pl.DataFrame(
            {
                "person_id": [1, 1, 1],
                "procedure_concept_id": [5, 6, 7],
                "procedure_date": [INDEX_DATE.replace(month=5)] * 3,
            }
        ),
        "concept_ancestor": pl.DataFrame(
            {
                "ancestor_concept_id": [5, 6],
                "descendant_concept_id": [6, 6],
                "min_levels_of_separation": [1, 0],
            }
        ),
    }
    cdm = PolarsCdm({name: frame.lazy() for name, frame in frames.items()})

    def procedures(text: str) -> set[int]:
        made = build_feature_covariates(cohort(1), cdm, settings_of(tmp_path, text, "[1, 3, 502]"))
        return set(made.covariates["covariate_id"])

    assert procedures("exclude: [5]") == {8507001, 12003, 5502, 7502}
    assert procedures("exclude: [5]\nexclude_descendants: false") == {8507001, 12003, 6502, 7502}
    assert procedures("include: [5]") == {12003, 6502}
    assert procedures("include: [5, 8507]\ninclude_descendants: false") == {8507001, 12003, 5502}


def test_the_native_pass_leaves_chosen_concepts_to_the_portable_definition(tmp_path, monkeypatch):
    monkeypatch.setattr(feature_opening, "RECORDS_WORTH_IT", 0)
    display = Display()
    file = tmp_path / "chosen.yaml"
    file.write_text("prespecified: [502]\nexclude: [100]\nexclude_descendants: false")

    run = run_features(tmp_path, settings=str(file), display=display)

    assert run.values() == {(10, 200_502): 1.0}
    assert not any("natively" in detail for detail in display.details)
    assert (10, 100_502) in run_features(tmp_path, display=display).values()
    assert any("analyses natively" in detail for detail in display.details)


def test_a_concept_set_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"concept set 'insuline' does not exist.*'insulin'"):
        settings_of(tmp_path, "include: [insuline]")
