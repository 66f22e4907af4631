"""Covariate ids of answers: FeatureExtraction's hash, and where two pairs share one."""

import random

import narwhals as nw
import polars as pl

from analytics.features.prespecified.ids import answer_id
from tests.support.small_cdm import covariates_of, every_covariate_of, ids, values


def hashed(concept: int, answer: int, analysis_id: int) -> int:
    """The hash in plain Python, whose `/` and `round` do what DuckDB's `/` and `cast` do."""
    upper = round(concept * 2654435769 / 4096) & 1048575
    lower = round(answer * 2654435769 / 1024) & 4194303
    return upper * 4194304000 + lower * 1000 + analysis_id


def test_the_hash_is_the_one_that_duckdb_computes():
    chance = random.Random(1)
    pairs = [
        (chance.randrange(-(2**31), 2**31), chance.randrange(2 ** chance.randrange(1, 32)))
        for _ in range(20_000)
    ]
    frame = nw.from_native(pl.DataFrame(pairs, schema=["concept", "answer"], orient="row"))

    made = frame.select(
        covariate_id=answer_id(nw.col("concept"), nw.col("answer"), nw.lit(714, nw.Int64))
    )

    assert made["covariate_id"].to_list() == [hashed(*pair, 714) for pair in pairs]
    truncated = sum(c * 2654435769 // 4096 != round(c * 2654435769 / 4096) for c, _ in pairs)
    assert truncated > 5_000


# Two numbers that share a hash, as concepts and as answers.
LOW, HIGH = 2, 732_541


def answered(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": [1 for _ in pairs],
            "observation_concept_id": [concept for concept, _ in pairs],
            "value_as_concept_id": [answer for _, answer in pairs],
            "observation_date": ["2020-06-01" for _ in pairs],
        }
    )


def test_the_numbers_of_these_cases_do_share_a_hash():
    pairs = [(LOW, LOW), (LOW, HIGH), (HIGH, LOW), (HIGH, HIGH)]

    assert len({hashed(*pair, 808) for pair in pairs}) == 1


def test_of_two_pairs_with_one_hash_the_lowest_stays():
    made = covariates_of(1, observation=answered((HIGH, 5), (LOW, 5), (LOW, 6)))

    assert values(made, 808) == {(10, hashed(LOW, 5, 808)): 1.0, (10, hashed(LOW, 6, 808)): 1.0}
    ref = made.covariate_ref.filter(pl.col("analysis_id") == 808).sort("value_as_concept_id")
    assert ref["concept_id"].to_list() == [LOW, LOW]
    assert ref["collisions"].to_list() == [1, 0]


def test_crossed_pairs_with_one_hash_both_vanish():
    made = covariates_of(1, observation=answered((LOW, HIGH), (HIGH, LOW)))

    assert ids(made, 808) == set()


def test_an_answer_too_large_for_the_hash_refuses_its_analyses_only():
    made = every_covariate_of(1, observation=answered((7, 2**40), (8, 9)))

    assert ids(made, 804) == {7804, 8804}
    assert ids(made, 805, 806, 807, 808) == set()
    assert len([warning for warning in made.warnings if "refused" in warning]) == 4
