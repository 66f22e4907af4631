"""What becomes of a measured value: taken, converted, or set aside and counted."""

import narwhals as nw
import polars as pl
import pytest

from analytics.contracts import load_unit_contracts
from analytics.features import leave_out_set_aside
from analytics.features.units import FATES, count_values, harmonise_values
from tests.support.measured import (
    CELSIUS,
    CREATININE,
    FAHRENHEIT,
    GLUCOSE,
    INR,
    KILOGRAM,
    MG_PER_DL,
    MMOL_PER_L,
    SYSTOLIC,
    TEMPERATURE,
    UMOL_PER_L,
    UNKNOWN_CONCEPT,
    Recorded,
    as_events,
    conversions,
    every_kind_of_record,
)


def harmonised(*recorded: Recorded) -> pl.DataFrame:
    """One row for each value: `value` and `unit_concept_id` after harmonising, in order."""
    made = harmonise_values(as_events(*recorded), conversions())
    return nw.to_native(made).collect().sort("event_id")


def counted(*recorded: Recorded) -> dict[tuple[int, int], dict[str, int]]:
    """The counts of values that are not 0, by concept and unit."""
    frame = nw.to_native(count_values(as_events(*recorded), conversions())).collect()
    frame = frame.drop("n_people")
    return {
        (row.pop("concept_id"), row.pop("unit_concept_id")): {k: n for k, n in row.items() if n}
        for row in frame.to_dicts()
    }


def test_a_value_in_the_unit_of_its_concept_stays_and_another_is_converted():
    made = harmonised(
        (GLUCOSE, 99.1, MG_PER_DL), (GLUCOSE, 5.5, MMOL_PER_L), (TEMPERATURE, 98.6, FAHRENHEIT)
    )

    assert made["value"].to_list() == [99.1, pytest.approx(99.0858), pytest.approx(37.0)]
    assert made["unit_concept_id"].to_list() == [MG_PER_DL, MG_PER_DL, CELSIUS]


@pytest.mark.parametrize("no_unit", [None, 0])
def test_a_value_without_a_unit_is_taken_only_where_the_contract_says_so(no_unit: int | None):
    recorded = [(SYSTOLIC, 121.0, no_unit), (GLUCOSE, 99.0, no_unit), (INR, 1.1, no_unit)]

    assert harmonised(*recorded)["value"].to_list() == [121.0, None, 1.1]
    assert counted(*recorded) == {
        (SYSTOLIC, 0): {"n_values": 1, "n_as_recorded": 1},
        (GLUCOSE, 0): {"n_values": 1, "n_without_unit": 1},
        (INR, 0): {"n_values": 1, "n_as_recorded": 1},
    }


def test_a_value_in_a_unit_without_conversion_is_set_aside_and_so_is_one_of_an_unknown_concept():
    recorded = [(GLUCOSE, 99.0, KILOGRAM), (UNKNOWN_CONCEPT, 1.0, MG_PER_DL)]

    made = harmonised(*recorded)

    assert made["value"].to_list() == [None, None]
    assert made["unit_concept_id"].to_list() == [None, None]
    assert counted(*recorded) == {
        (GLUCOSE, KILOGRAM): {"n_values": 1, "n_without_conversion": 1},
        (UNKNOWN_CONCEPT, MG_PER_DL): {"n_values": 1, "n_without_conversion": 1},
    }


def test_a_value_of_no_concept_is_set_aside_and_counted_under_concept_0():
    recorded = [(None, 5.0, MG_PER_DL), (0, 5.0, MG_PER_DL), (None, 5.0, None)]

    assert harmonised(*recorded)["value"].to_list() == [None, None, None]
    assert counted(*recorded) == {
        (0, MG_PER_DL): {"n_values": 2, "n_without_conversion": 2},
        (0, 0): {"n_values": 1, "n_without_unit": 1},
    }


def test_limits_hold_after_conversion_and_take_in_both_ends():
    # Creatinine is believed from 0.1 to 40 mg/dL; 3,600 umol/L are 40.7.
    recorded = [
        (CREATININE, 0.1, MG_PER_DL),
        (CREATININE, 40.0, MG_PER_DL),
        (CREATININE, 40.01, MG_PER_DL),
        (CREATININE, 88.0, MG_PER_DL),
        (CREATININE, 88.0, UMOL_PER_L),
        (CREATININE, 3600.0, UMOL_PER_L),
        (CREATININE, float("inf"), MG_PER_DL),
    ]

    kept = harmonised(*recorded)["value"].to_list()

    assert kept == [0.1, 40.0, None, None, pytest.approx(0.995456), None, None]
    assert counted(*recorded) == {
        (CREATININE, MG_PER_DL): {"n_values": 5, "n_as_recorded": 2, "n_implausible": 3},
        (CREATININE, UMOL_PER_L): {"n_values": 2, "n_converted": 1, "n_implausible": 1},
    }


def test_events_without_a_value_stay_and_are_not_counted():
    recorded = [(GLUCOSE, None, MG_PER_DL), (GLUCOSE, float("nan"), None)]

    assert harmonised(*recorded).height == 2
    assert counted(*recorded) == {}


def test_a_reason_names_no_event_whose_value_was_set_aside():
    recorded = [
        (GLUCOSE, 5.5, MMOL_PER_L),
        (GLUCOSE, 5.5, None),
        (GLUCOSE, 1e6, MG_PER_DL),
        (GLUCOSE, None, None),
    ]
    events = nw.to_native(as_events(*recorded))

    left = leave_out_set_aside(events, load_unit_contracts()).collect().sort("event_id")

    assert left.equals(events.collect()[[0, 3]])


def test_a_normal_range_is_converted_with_its_value():
    events = nw.from_native(
        pl.LazyFrame(
            {
                "concept_id": [GLUCOSE, GLUCOSE],
                "value": [5.5, 5.5],
                "range_low": [3.9, 3.9],
                "range_high": [None, 5.6],
                "unit_concept_id": [MMOL_PER_L, KILOGRAM],
            }
        )
    )

    made = nw.to_native(harmonise_values(events, conversions())).collect()

    assert made.sort("value", nulls_last=True).rows() == [
        (GLUCOSE, pytest.approx(99.0858), pytest.approx(70.26084), None, MG_PER_DL),
        (GLUCOSE, None, None, None, None),
    ]


def test_what_becomes_of_values_adds_up_to_all_values():
    recorded = every_kind_of_record()
    n_values = sum(1 for _, value, _ in recorded if value is not None and value == value)

    rows = list(counted(*recorded).values())

    assert sum(row["n_values"] for row in rows) == n_values
    for row in rows:
        assert row["n_values"] == sum(row.get(f"n_{fate}", 0) for fate in FATES)
