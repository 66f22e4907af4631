"""The unit contracts cover what the simulator and the shared CDMs record."""

import narwhals as nw
import polars as pl
import pytest

from analytics.contracts import load_unit_contracts
from analytics.features.units import SET_ASIDE, conversion_frame, count_values
from analytics.simulator.records.measures import MEASURES
from tests.support.shared import shared_data

CONVERSIONS = conversion_frame(load_unit_contracts())

# Concepts of which nobody has written in what unit they are: answers to yes-or-no questions kept as
# numbers (ETOH, ventilator, pain, menopause, insulin pump, pregnant), titres and cell counts
# without a unit, and a stroke volume index given as a percentage.
UNKNOWN = {
    "mimic_iv_demo": {
        *(433753, 3004921, 3007397, 40757693, 4295261, 4321388, 45881770),
        *(3008047, 3013368, 3015378, 3019050, 3033894, 40766151),
        21490880,
    },
    "synthea27nj": set(),
    "synthea_fhir_r4": set(),
}
# More than this share of all values is taken; the rest is mostly without a unit, or impossible.
TAKEN_SHARE = {"mimic_iv_demo": 0.96, "synthea27nj": 0.99, "synthea_fhir_r4": 0.98}


def test_every_measure_of_the_simulator_is_taken_in_every_unit_it_reports():
    known = set(CONVERSIONS.select("concept_id", "came_in").rows())

    assert {(measure.concept, measure.unit) for measure in MEASURES} <= known


def test_the_simulator_s_normal_ranges_and_lowest_values_lie_within_the_limits():
    limits = {one.concept_id: one for one in load_unit_contracts().limits}

    for measure in MEASURES:
        factor = _factor(measure.concept, measure.unit)
        limit = limits[measure.concept]
        # `lowest` is in the unit that the simulator works in, the range in the one reported.
        ends = [value * factor for value in (measure.low, measure.high) if value is not None]
        for value in (measure.lowest, *ends):
            assert limit.lowest is None or value >= limit.lowest, measure.name
            assert limit.highest is None or value <= limit.highest, measure.name


def _factor(concept_id: int, unit: int) -> float:
    asked = (pl.col("concept_id") == concept_id) & (pl.col("came_in") == unit)
    return CONVERSIONS.filter(asked)["factor"].item()


@pytest.mark.needs_shared
@pytest.mark.parametrize("cdm", UNKNOWN)
def test_only_named_concepts_of_a_shared_cdm_are_in_unknown_units(cdm: str):
    events = pl.scan_parquet(shared_data(cdm) / "measurement.parquet").select(
        person_id=pl.col("person_id").cast(pl.Int64),
        concept_id=pl.col("measurement_concept_id").cast(pl.Int64),
        value=pl.col("value_as_number").cast(pl.Float64),
        unit_concept_id=pl.col("unit_concept_id").cast(pl.Int64),
    )
    on_polars = [nw.from_native(frame) for frame in (events, CONVERSIONS.lazy())]
    counts = nw.to_native(count_values(*on_polars)).collect()

    known = set(CONVERSIONS["concept_id"])
    strange = counts.filter(
        (pl.col("n_without_conversion") > 0) | ~pl.col("concept_id").is_in(list(known))
    )
    assert set(strange["concept_id"]) == UNKNOWN[cdm]
    set_aside = counts.select(f"n_{fate}" for fate in SET_ASIDE).sum().sum_horizontal().item()
    assert 1 - set_aside / counts["n_values"].sum() > TAKEN_SHARE[cdm]


@pytest.mark.needs_shared
def test_a_converter_s_slip_of_units_is_found():
    """Synthea's protein (in g/L, called g/dL) and globulin (in g/dL, called g/L) are impossible."""
    events = pl.scan_parquet(shared_data("synthea_fhir_r4") / "measurement.parquet").select(
        "person_id",
        concept_id=pl.col("measurement_concept_id").cast(pl.Int64),
        value="value_as_number",
        unit_concept_id="unit_concept_id",
    )
    on_polars = [nw.from_native(frame) for frame in (events, CONVERSIONS.lazy())]
    counts = nw.to_native(count_values(*on_polars)).collect()

    for concept_id, unit in ((3020630, 8713), (3027970, 8636)):
        row = counts.filter(concept_id=concept_id, unit_concept_id=unit)
        assert row["n_implausible"].item() == 807
        assert row["n_values"].item() in (807, 808)
