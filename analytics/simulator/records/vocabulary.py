"""The vocabulary tables: only the concepts that the simulator uses and the groups they belong to.

`definitions/concepts.csv` holds ids, short names and codes; `definitions/ancestors.csv` which
concept stands above which, in how many steps at least and at most: diagnoses below SNOMED's
groups, drugs below the classes of the ATC. Every concept also stands above itself.
"""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

_DEFINITIONS = Path(__file__).parents[1] / "definitions"
_ALWAYS = (date(1970, 1, 1), date(2099, 12, 31))
MILLIGRAM = 8576
VOCABULARIES = {
    "SNOMED": "Systematized Nomenclature of Medicine - Clinical Terms",
    "RxNorm": "RxNorm",
    "ATC": "WHO Anatomic Therapeutic Chemical Classification",
    "LOINC": "Logical Observation Identifiers Names and Codes",
    "UCUM": "Unified Code for Units of Measure",
    "Gender": "OMOP Gender",
    "Race": "Race and Ethnicity Code Set",
    "Ethnicity": "OMOP Ethnicity",
    "Visit": "OMOP Visit",
    "Type Concept": "OMOP Type Concept",
    "CMS Place of Service": "Place of Service Codes for Professional Claims",
    "Medicare Specialty": "Medicare provider/supplier specialty codes",
    "SOPT": "Source of Payment Typology",
    "Currency": "International Currency Symbol",
    "Episode": "OMOP Episode",
    "Metadata": "OMOP Metadata",
    "CDM": "OMOP Common DataModel",
    "None": "OMOP Standardized Vocabularies",
}
# Each relationship with its name, whether it is hierarchical and defines ancestry, and its reverse.
RELATIONSHIPS = (
    ("Maps to", "Non-standard to Standard map (OMOP)", "0", "0", "Mapped from"),
    ("Mapped from", "Standard to Non-standard map (OMOP)", "0", "0", "Maps to"),
    ("Is a", "Is a", "0", "0", "Subsumes"),
    ("Subsumes", "Subsumes", "1", "1", "Is a"),
)


@cache
def concepts() -> pl.DataFrame:
    """The `concept` table. One row for each concept, in order of its id.

    The classes of the ATC are there to classify (`C`), all else is standard (`S`) but concept 0.
    """
    columns = pl.read_csv(
        _DEFINITIONS / "concepts.csv", schema_overrides={"concept_code": pl.String}
    )
    return columns.with_columns(
        pl.when(pl.col("concept_id") == 0)
        .then(pl.lit(None, pl.String))
        .when(pl.col("vocabulary_id") == "ATC")
        .then(pl.lit("C"))
        .otherwise(pl.lit("S"))
        .alias("standard_concept"),
        pl.lit(_ALWAYS[0]).alias("valid_start_date"),
        pl.lit(_ALWAYS[1]).alias("valid_end_date"),
    ).sort("concept_id")


@cache
def concept_ancestors() -> pl.DataFrame:
    """The `concept_ancestor` table. One row for each ancestor and descendant, self included."""
    steps = pl.read_csv(_DEFINITIONS / "ancestors.csv").select(
        "ancestor_concept_id",
        "descendant_concept_id",
        pl.col("levels").alias("min_levels_of_separation"),
        pl.col("most_levels").alias("max_levels_of_separation"),
    )
    own = concepts().select(
        pl.col("concept_id").alias("ancestor_concept_id"),
        pl.col("concept_id").alias("descendant_concept_id"),
        pl.lit(0, pl.Int64).alias("min_levels_of_separation"),
        pl.lit(0, pl.Int64).alias("max_levels_of_separation"),
    )
    return pl.concat([own, steps]).sort("ancestor_concept_id", "descendant_concept_id")


def concept_relationships() -> pl.DataFrame:
    """The `concept_relationship` table. One row for each pair and relationship, both ways.

    A standard concept maps to itself; what stands one step below another is one.
    """
    standard = concepts().filter(pl.col("standard_concept") == "S").get_column("concept_id")
    parents = concept_ancestors().filter(pl.col("min_levels_of_separation") == 1)
    above, below = parents["ancestor_concept_id"], parents["descendant_concept_id"]
    parts = [
        pl.DataFrame({"concept_id_1": one, "concept_id_2": other}).with_columns(
            pl.lit(name).alias("relationship_id")
        )
        for name, one, other in (
            ("Maps to", standard, standard),
            ("Mapped from", standard, standard),
            ("Is a", below, above),
            ("Subsumes", above, below),
        )
    ]
    return (
        pl.concat(parts)
        .with_columns(
            pl.lit(_ALWAYS[0]).alias("valid_start_date"),
            pl.lit(_ALWAYS[1]).alias("valid_end_date"),
        )
        .sort("concept_id_1", "relationship_id", "concept_id_2")
    )


def drug_strengths() -> pl.DataFrame:
    """The `drug_strength` table. One row for each drug product with one ingredient in milligrams.

    The strength is the number before `MG` in the product's name.
    """
    drugs = concepts().filter(pl.col("vocabulary_id") == "RxNorm")
    ingredients = drugs.filter(pl.col("concept_class_id") == "Ingredient")
    products = drugs.join(ingredients, on="concept_id", how="anti").select(
        pl.col("concept_id").alias("drug_concept_id"),
        pl.col("concept_name").str.extract(r"(\d+(?:\.\d+)?) MG").cast(pl.Float64).alias("amount"),
    )
    contained = (
        concept_ancestors()
        .filter(pl.col("ancestor_concept_id").is_in(ingredients["concept_id"].implode()))
        .select(
            pl.col("ancestor_concept_id").alias("ingredient_concept_id"),
            pl.col("descendant_concept_id").alias("drug_concept_id"),
        )
    )
    return (
        products.join(contained, on="drug_concept_id")
        .select(
            "drug_concept_id",
            "ingredient_concept_id",
            pl.col("amount").alias("amount_value"),
            pl.lit(MILLIGRAM).alias("amount_unit_concept_id"),
            pl.lit(_ALWAYS[0]).alias("valid_start_date"),
            pl.lit(_ALWAYS[1]).alias("valid_end_date"),
        )
        .sort("drug_concept_id", "ingredient_concept_id")
    )


def vocabulary_tables() -> dict[str, pl.DataFrame]:
    """All vocabulary tables, by name."""
    used = concepts()
    vocabulary_ids = used["vocabulary_id"].unique().sort().to_list()
    domain_ids = used["domain_id"].unique().sort().to_list()
    class_ids = used["concept_class_id"].unique().sort().to_list()
    return {
        "concept": used,
        "concept_ancestor": concept_ancestors(),
        "concept_relationship": concept_relationships(),
        "relationship": pl.DataFrame(
            RELATIONSHIPS,
            schema=[
                "relationship_id",
                "relationship_name",
                "is_hierarchical",
                "defines_ancestry",
                "reverse_relationship_id",
            ],
            orient="row",
        ).with_columns(pl.lit(0).alias("relationship_concept_id")),
        "drug_strength": drug_strengths(),
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
