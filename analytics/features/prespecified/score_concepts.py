"""Which condition concepts give points in which category of a score.

`score_concepts.csv` names concepts (with descendants, or as themselves where valid),
`score_codes.csv` codes of ICD9CM and ICD10, which count through "Maps to" to a SNOMED concept, and
that concept only. Points are in thousandths, so that sums are exact.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import narwhals as nw
import polars as pl

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.tables import Cdm

FOLDER = Path(__file__).parent
THOUSANDTHS = 1000
CATEGORY = ("analysis_id", "category")


@cache
def read_named(name: str) -> pl.DataFrame:
    """One row for each concept or code that a score category names, with points in thousandths."""
    return pl.read_csv(
        FOLDER / f"{name}.csv",
        comment_prefix="#",
        schema_overrides={"points": pl.Float64, "code": pl.String, "last_code": pl.String},
    ).with_columns(points=(pl.col("points") * THOUSANDTHS).round().cast(pl.Int64))


def concepts_of_scores(cdm: Cdm) -> AnyLazyFrame:
    """One row for each (analysis_id, category, concept_id) with `points`, repeats included."""
    return nw.concat([_by_concept(cdm), _by_code(cdm)])


def say_missing_codes(cdm: Cdm, names: Mapping[int, str]) -> list[str]:
    """For each score (its name by analysis id) whose codes the CDM's vocabulary lacks: that."""
    needed = {
        analysis_id: vocabulary
        for analysis_id, vocabulary in read_named("score_codes")
        .select("analysis_id", "vocabulary_id")
        .unique(maintain_order=True)
        .iter_rows()
        if analysis_id in names
    }
    if not needed:
        return []
    there = cdm.collect(
        cdm.table("concept")
        .filter(nw.col("vocabulary_id").is_in(sorted(set(needed.values()))))
        .select("vocabulary_id")
        .unique()
    )
    return [
        f"{names[analysis_id]} (analysis {analysis_id}): its conditions are mapped from "
        f"{vocabulary} codes, and this CDM's vocabulary has none; nobody has points of it"
        for analysis_id, vocabulary in needed.items()
        if vocabulary not in set(there["vocabulary_id"])
    ]


def _by_concept(cdm: Cdm) -> AnyLazyFrame:
    named = read_named("score_concepts")
    columns = (*CATEGORY, "points", "concept_id")

    def named_by(rule: str) -> AnyLazyFrame:
        return cdm.lift(named.filter(pl.col("rule") == rule).select(columns))

    ancestor = cdm.table("concept_ancestor").select("ancestor_concept_id", "descendant_concept_id")

    def descendants(rule: str) -> AnyLazyFrame:
        return (
            named_by(rule)
            .join(ancestor, left_on="concept_id", right_on="ancestor_concept_id", how="inner")
            .select(*CATEGORY, "points", concept_id=nw.col("descendant_concept_id"))
        )

    valid = cdm.table("concept").filter(nw.col("invalid_reason").is_null()).select("concept_id")
    included = descendants("descendants_of").join(
        descendants("not_descendants_of").select(*CATEGORY, "concept_id"),
        on=[*CATEGORY, "concept_id"],
        how="anti",
    )
    itself = named_by("itself_if_valid").join(valid, on="concept_id", how="semi")
    return nw.concat([included.select(*columns), itself.select(*columns)])


def _by_code(cdm: Cdm) -> AnyLazyFrame:
    concept = cdm.table("concept")
    named = read_named("score_codes")
    vocabularies = named["vocabulary_id"].unique().to_list()
    sources = concept.filter(nw.col("vocabulary_id").is_in(vocabularies)).select(
        "concept_id", "vocabulary_id", "concept_code"
    )
    matched = nw.concat([*_matches(cdm, sources, named)])
    targets = concept.filter(nw.col("vocabulary_id") == "SNOMED").select("concept_id")
    links = (
        cdm.table("concept_relationship")
        .filter(nw.col("relationship_id") == "Maps to")
        .select("concept_id_1", concept_id=nw.col("concept_id_2"))
        .join(targets, on="concept_id", how="semi")
    )
    return matched.join(links, left_on="source_id", right_on="concept_id_1", how="inner").select(
        *CATEGORY, "points", "concept_id"
    )


def _matches(cdm: Cdm, sources: AnyLazyFrame, named: pl.DataFrame) -> list[AnyLazyFrame]:
    """For each way to match: one row for each source concept and category that names its code."""
    columns = (*CATEGORY, "points", nw.col("concept_id").alias("source_id"))
    parts = []
    for (match, length), rules in named.with_columns(
        length=pl.col("code").str.len_chars()
    ).group_by("match", "length", maintain_order=True):
        lifted = cdm.lift(rules.select(*CATEGORY, "points", "vocabulary_id", "code", "last_code"))
        if match == "between":
            found = sources.join(lifted, on="vocabulary_id", how="inner").filter(
                nw.col("concept_code") >= nw.col("code"),
                nw.col("concept_code") <= nw.col("last_code"),
            )
        else:
            code = nw.col("concept_code")
            start = code if match == "is" else code.str.slice(0, int(str(length)))
            found = sources.with_columns(code=start).join(
                lifted, on=["vocabulary_id", "code"], how="inner"
            )
        parts.append(found.select(*columns))
    return parts
