"""The vocabulary tables: only the concepts that the simulator uses.

`definitions/concepts.csv` holds ids, short names and codes; `definitions/ancestors.csv` which
concept stands above which, in how many steps. Every concept also stands above itself.
"""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

_DEFINITIONS = Path(__file__).parents[1] / "definitions"
_ALWAYS = (date(1970, 1, 1), date(2099, 12, 31))
VOCABULARIES = {
    "SNOMED": "Systematized Nomenclature of Medicine - Clinical Terms",
    "RxNorm": "RxNorm",
    "LOINC": "Logical Observation Identifiers Names and Codes",
    "UCUM": "Unified Code for Units of Measure",
    "Gender": "OMOP Gender",
    "Race": "Race and Ethnicity Code Set",
    "Ethnicity": "OMOP Ethnicity",
    "Visit": "OMOP Visit",
    "Type Concept": "OMOP Type Concept",
    "CMS Place of Service": "Place of Service Codes for Professional Claims",
    "Medicare Specialty": "Medicare provider/supplier specialty codes",
    "None": "OMOP Standardized Vocabularies",
}


@cache
def concepts() -> pl.DataFrame:
    """The `concept` table. One row for each concept, in order of its id."""
    columns = pl.read_csv(
        _DEFINITIONS / "concepts.csv", schema_overrides={"concept_code": pl.String}
    )
    return columns.with_columns(
        pl.lit("S").alias("standard_concept"),
        pl.lit(_ALWAYS[0]).alias("valid_start_date"),
        pl.lit(_ALWAYS[1]).alias("valid_end_date"),
    ).sort("concept_id")


def concept_ancestors() -> pl.DataFrame:
    """The `concept_ancestor` table. One row for each ancestor and descendant, self included."""
    steps = pl.read_csv(_DEFINITIONS / "ancestors.csv").select(
        "ancestor_concept_id",
        "descendant_concept_id",
        pl.col("levels").alias("min_levels_of_separation"),
        pl.col("levels").alias("max_levels_of_separation"),
    )
    own = concepts().select(
        pl.col("concept_id").alias("ancestor_concept_id"),
        pl.col("concept_id").alias("descendant_concept_id"),
        pl.lit(0, pl.Int64).alias("min_levels_of_separation"),
        pl.lit(0, pl.Int64).alias("max_levels_of_separation"),
    )
    return pl.concat([own, steps]).sort("ancestor_concept_id", "descendant_concept_id")


def vocabulary_tables() -> dict[str, pl.DataFrame]:
    """All vocabulary tables, by name."""
    used = concepts()
    vocabulary_ids = used["vocabulary_id"].unique().sort().to_list()
    domain_ids = used["domain_id"].unique().sort().to_list()
    class_ids = used["concept_class_id"].unique().sort().to_list()
    return {
        "concept": used,
        "concept_ancestor": concept_ancestors(),
        "vocabulary": pl.DataFrame(
            {
                "vocabulary_id": vocabulary_ids,
                "vocabulary_name": [VOCABULARIES[v] for v in vocabulary_ids],
                "vocabulary_concept_id": [0] * len(vocabulary_ids),
            }
        ),
        "domain": pl.DataFrame(
            {
                "domain_id": domain_ids,
                "domain_name": domain_ids,
                "domain_concept_id": [0] * len(domain_ids),
            }
        ),
        "concept_class": pl.DataFrame(
            {
                "concept_class_id": class_ids,
                "concept_class_name": class_ids,
                "concept_class_concept_id": [0] * len(class_ids),
            }
        ),
    }
