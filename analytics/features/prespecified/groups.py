"""Which groups a concept belongs to: condition groups of SNOMED, drug groups of ATC.

Read from the CDM's own `concept_ancestor`, as it comes: a concept belongs to itself only where
the table has a row of it to itself.
"""

import narwhals as nw

from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.tables import Cdm

# FeatureExtraction 3.14.0, DomainConceptGroup.sql.
CLINICAL_FINDING = 441840
GROUPS_AT_ANY_LEVEL = (
    *(433736, 433595, 441408, 72404, 192671, 137977, 434621, 437312, 439847, 4171917),
    *(438555, 4299449, 375258, 76784, 40483532, 4145627, 434157, 433778, 258449, 313878),
)
LEVELS_TOO_BROAD = 2
TOO_BROAD_STARTS = ("Disorder of", "Finding of", "Disease of", "Injury of")
TOO_BROAD_ENDS = (
    "finding",
    "by site",
    "by body site",
    "by mechanism",
    "of body region",
    "of anatomical site",
)
TOO_BROAD_PARTS = ("of specific body structure",)
ATC_CODE_LENGTHS = (1, 3, 4, 5)


def groups_of(cdm: Cdm, table: str) -> AnyLazyFrame:
    """One row for each (concept_id, group_id) of the table's domain."""
    groups = _condition_groups(cdm) if table == "condition_era" else _drug_groups(cdm)
    return (
        cdm.table("concept_ancestor")
        .select(group_id=nw.col("ancestor_concept_id"), concept_id=nw.col("descendant_concept_id"))
        .join(groups, on="group_id", how="semi")
        .unique()
    )


def rolled_up(latest: AnyLazyFrame, groups: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each (row_id, group): the latest day and end day of its concepts."""
    return (
        latest.join(groups, on="concept_id", how="inner")
        .group_by("row_id", "group_id")
        .agg(days=nw.col("days").max(), end_days=nw.col("end_days").max())
        .select("row_id", "days", "end_days", concept_id=nw.col("group_id"))
    )


def _condition_groups(cdm: Cdm) -> AnyLazyFrame:
    narrow = (
        cdm.table("concept_ancestor")
        .filter(
            nw.col("ancestor_concept_id") == CLINICAL_FINDING,
            (nw.col("min_levels_of_separation") > LEVELS_TOO_BROAD)
            | nw.col("descendant_concept_id").is_in(GROUPS_AT_ANY_LEVEL),
        )
        .select(concept_id=nw.col("descendant_concept_id"))
    )
    name = nw.col("concept_name")
    too_broad = [
        *(name.str.starts_with(words) for words in TOO_BROAD_STARTS),
        *(name.str.ends_with(words) for words in TOO_BROAD_ENDS),
        *(name.str.contains(words, literal=True) for words in TOO_BROAD_PARTS),
    ]
    return (
        cdm.table("concept")
        .filter(nw.col("domain_id") == "Condition", *(~rule for rule in too_broad))
        .join(narrow, on="concept_id", how="semi")
        .select(group_id=nw.col("concept_id"))
        .unique()
    )


def _drug_groups(cdm: Cdm) -> AnyLazyFrame:
    atc_class = (nw.col("vocabulary_id") == "ATC") & nw.col("concept_code").str.len_chars().is_in(
        ATC_CODE_LENGTHS
    )
    ingredient = (
        (nw.col("standard_concept") == "S")
        & (nw.col("concept_class_id") == "Ingredient")
        & (nw.col("domain_id") == "Drug")
    )
    return (
        cdm.table("concept")
        .filter(nw.col("concept_id") != 0, atc_class | ingredient)
        .select(group_id=nw.col("concept_id"))
        .unique()
    )
