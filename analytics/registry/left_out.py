"""What a model was not given: covariates that were removed, measured values that were set aside.

A package may travel, so no count of people or values is in it, and no covariate that few people
have is named: only how many there were.
"""

from dataclasses import dataclass, field

import polars as pl

from analytics.contracts import UnitContracts
from analytics.features.tidy import RARE, REDUNDANT
from analytics.features.units import SET_ASIDE
from analytics.settings import SMALLEST_CELL

MEASURED_UNITS = {
    "concept_id": pl.Int64,
    "concept_name": pl.String,
    "recorded_in": pl.String,
    "taken_in": pl.String,
    "share_set_aside": pl.Float64,
    "mostly": pl.String,
}
WHY_IN_WORDS = {
    "n_without_unit": "without a unit",
    "n_without_conversion": "a unit that nothing converts",
    "n_implausible": "beyond plausible limits",
}
MOST_NAMED = 10


def _nothing_measured() -> pl.DataFrame:
    return pl.DataFrame(schema=MEASURED_UNITS)


@dataclass(frozen=True, kw_only=True, eq=False)
class LeftOut:
    """What was left out.

    `n_rare`: covariates of too few people; `redundant`: names of those that add nothing.
    `measured_units`: one row for each concept and unit in which at least the smallest cell of
    people had values: `recorded_in` and `taken_in` (UCUM; null where none is agreed), and
    `share_set_aside` of its values, to the whole percent, `mostly` for which reason (null where
    few values were set aside, or all but few).
    """

    n_rare: int = 0
    redundant: tuple[str, ...] = ()
    measured_units: pl.DataFrame = field(default_factory=_nothing_measured)


def find_left_out(
    *,
    covariates_removed: pl.DataFrame,
    unit_counts: pl.DataFrame,
    units: UnitContracts,
    smallest_cell: int = SMALLEST_CELL,
) -> LeftOut:
    """Say it of a training: `covariates_removed` has `covariate_name` and `why`."""
    removed = covariates_removed.group_by("why", maintain_order=True).agg("covariate_name")
    names = dict(removed.select("why", "covariate_name").rows())
    return LeftOut(
        n_rare=len(names.get(RARE, ())),
        redundant=tuple(names.get(REDUNDANT, ())),
        measured_units=_describe_units(unit_counts, units, smallest_cell),
    )


def _describe_units(
    unit_counts: pl.DataFrame, units: UnitContracts, smallest_cell: int
) -> pl.DataFrame:
    unit_of = {one.concept_id: one for one in units.units}
    symbols = {one.from_unit_concept_id: one.from_unit for one in units.conversions}
    symbols |= {one.unit_concept_id: one.unit for one in units.units} | {0: "no unit"}
    rows = []
    for row in unit_counts.filter(pl.col("n_people") >= smallest_cell).to_dicts():
        agreed = unit_of.get(row["concept_id"])
        n_set_aside = sum(row[f"n_{fate}"] for fate in SET_ASIDE)
        n_taken = row["n_values"] - n_set_aside
        is_small = any(0 < n < smallest_cell for n in (n_set_aside, n_taken))
        most = max(WHY_IN_WORDS, key=lambda name: row[name])
        rows.append(
            {
                "concept_id": row["concept_id"],
                "concept_name": agreed.concept_name if agreed else None,
                "recorded_in": symbols.get(
                    row["unit_concept_id"], f"unit {row['unit_concept_id']}"
                ),
                "taken_in": agreed.unit if agreed else None,
                "share_set_aside": None if is_small else round(n_set_aside / row["n_values"], 2),
                "mostly": WHY_IN_WORDS[most] if n_set_aside and not is_small else None,
            }
        )
    return pl.DataFrame(rows, schema=MEASURED_UNITS)


def left_out_in_words(left_out: LeftOut) -> str:
    """Sentences for the model card."""
    sentences = [f"- {left_out.n_rare:,} covariates that too few people have."]
    if left_out.redundant:
        sentences.append(f"- As redundant: {', '.join(left_out.redundant)}.")
    measured = left_out.measured_units
    if measured.is_empty():
        return "\n".join(sentences)
    n_concepts = measured.filter(pl.col("taken_in").is_not_null())["concept_id"].n_unique()
    sentences.append(
        f"- Measured values: {n_concepts:,} concepts are taken in one unit each, others converted "
        "to it; values beyond plausible limits, of unknown unit and of concepts without an agreed "
        "unit are set aside."
    )
    aside = measured.filter(pl.col("share_set_aside") > 0).sort(
        "share_set_aside", "concept_id", "recorded_in", descending=[True, False, False]
    )
    sentences += [
        f"  - {row['concept_name'] or 'Concept ' + str(row['concept_id'])}, recorded in "
        f"{row['recorded_in']}: {row['share_set_aside']:.0%} set aside ({row['mostly']})."
        for row in aside.head(MOST_NAMED).iter_rows(named=True)
    ]
    if aside.height > MOST_NAMED:
        sentences.append(f"  - and {aside.height - MOST_NAMED:,} more, in measured_units.parquet.")
    return "\n".join(sentences)
