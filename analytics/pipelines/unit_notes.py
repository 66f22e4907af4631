"""What became of measured values, in words for the terminal: small counts are not told."""

import polars as pl

from analytics.contracts import UnitContracts
from analytics.disclosure.in_words import count_in_words

MOST_NAMED = 5
WHY_SET_ASIDE = {
    "n_without_unit": "without a unit",
    "n_without_conversion": "in a unit that nothing converts",
    "n_implausible": "beyond plausible limits",
}


def say_unit_counts(
    counts: pl.DataFrame, units: UnitContracts, smallest_cell: int
) -> tuple[str, ...]:
    """First how many values were taken, converted and set aside; then of which concepts most were.

    Neither a total nor the number of a single concept is said: with them a small count could be
    worked out. Nothing where nothing was measured.
    """
    if counts.is_empty():
        return ()
    total = {name: int(counts[name].sum()) for name in counts.columns if name.startswith("n_")}
    told = {name: count_in_words(n, smallest_cell) for name, n in total.items()}
    aside = ", ".join(f"{told[name]} {why}" for name, why in WHY_SET_ASIDE.items())
    lines = [
        f"Measured values: {told['n_as_recorded']} taken as recorded, {told['n_converted']} "
        f"converted to the unit of their concept; set aside {aside}."
    ]
    if named := _name_most(counts, units, smallest_cell):
        lines.append(f"Most values set aside: {named}.")
    return tuple(lines)


def _name_most(counts: pl.DataFrame, units: UnitContracts, smallest_cell: int) -> str:
    names = {one.concept_id: one.concept_name for one in units.units}
    most = (
        counts.group_by("concept_id")
        .agg(pl.col(*WHY_SET_ASIDE).sum())
        .with_columns(n_set_aside=pl.sum_horizontal(*WHY_SET_ASIDE))
        .filter(pl.col("n_set_aside") >= smallest_cell)
        .sort("n_set_aside", "concept_id", descending=[True, False])
        .head(MOST_NAMED)
    )
    return "; ".join(
        names.get(concept_id, f"concept {concept_id}" if concept_id else "no concept")
        for concept_id in most["concept_id"]
    )
