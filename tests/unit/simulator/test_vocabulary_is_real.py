"""The simulator's concepts are those of the real vocabulary, where shared data hold them."""

import polars as pl

from analytics.simulator.records.vocabulary import concept_ancestors, concepts
from tests.support.shared import shared_data

WITH_CONCEPTS = ("gibleed", "synthea1k", "synthea27nj", "synthea_fhir_r4")
WITH_ANCESTORS = ("gibleed", "synthea_fhir_r4", "vocab_dbt_synthea")


def real_concepts() -> pl.DataFrame:
    """One row for each concept and shared CDM that has it."""
    columns = ("concept_id", "domain_id", "vocabulary_id", "concept_code", "standard_concept")
    return pl.concat(
        pl.read_parquet(shared_data(name) / "concept.parquet").select(columns)
        for name in WITH_CONCEPTS
    )


def test_codes_and_vocabularies_are_the_real_ones():
    both = concepts().join(real_concepts(), on="concept_id", suffix="_real")
    assert both["concept_id"].n_unique() > 240
    as_real = pl.struct("vocabulary_id", "concept_code") == pl.struct(
        vocabulary_id="vocabulary_id_real", concept_code="concept_code_real"
    )
    other = both.filter(~as_real)
    assert other.select("concept_id", "concept_name", "concept_code_real").rows() == []


def test_domains_are_those_of_at_least_one_release():
    both = concepts().join(real_concepts(), on="concept_id", suffix="_real")
    agrees = both.group_by("concept_id").agg(
        (pl.col("domain_id") == pl.col("domain_id_real")).any().alias("in_domain"),
        pl.col("standard_concept_real").is_not_null().any().alias("is_standard"),
    )
    assert agrees.filter(~pl.col("in_domain"))["concept_id"].to_list() == []
    assert agrees.filter(~pl.col("is_standard"))["concept_id"].to_list() in ([], [0])


def test_no_concept_stands_above_one_that_really_stands_above_it():
    real = pl.concat(
        pl.read_parquet(shared_data(name) / "concept_ancestor.parquet").select(
            pl.col("ancestor_concept_id", "descendant_concept_id").cast(pl.Int64)
        )
        for name in WITH_ANCESTORS
    ).unique()
    ours = concept_ancestors().filter(pl.col("min_levels_of_separation") > 0)
    pair = ["ancestor_concept_id", "descendant_concept_id"]
    assert ours.join(real, left_on=pair, right_on=pair[::-1], how="semi").is_empty()
    known = ours.filter(pl.col(pair[1]).is_in(real[pair[1]].unique().implode()))
    found = known.join(real, on=pair, how="semi")
    assert found.height > 0.9 * known.height > 300
