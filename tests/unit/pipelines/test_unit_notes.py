"""What the terminal says of measured values, without a small count or what would reveal one."""

import polars as pl

from analytics.contracts import load_unit_contracts
from analytics.features.units import FATES, UNIT_COUNTS
from analytics.pipelines.unit_notes import say_unit_counts

GLUCOSE, HAEMOGLOBIN, CREATININE = 3004501, 3000963, 3016723


def lines_of(*rows: tuple[int, dict[str, int]]) -> tuple[str, ...]:
    counts = pl.DataFrame(
        [
            {
                "concept_id": concept_id,
                "unit_concept_id": 0,
                "n_people": 50,
                "n_values": sum(fates.values()),
                **{f"n_{fate}": fates.get(fate, 0) for fate in FATES},
            }
            for concept_id, fates in rows
        ],
        schema=UNIT_COUNTS,
    )
    return say_unit_counts(counts, load_unit_contracts(), 11)


def test_what_was_taken_converted_and_set_aside_is_said_and_of_which_concepts_most():
    assert lines_of(
        (GLUCOSE, {"as_recorded": 1_000, "converted": 400, "without_unit": 20}),
        (HAEMOGLOBIN, {"as_recorded": 500, "without_unit": 30, "without_conversion": 12}),
    ) == (
        "Measured values: 1,500 taken as recorded, 400 converted to the unit of their concept; "
        "set aside 50 without a unit, 12 in a unit that nothing converts, 0 beyond plausible "
        "limits.",
        "Most values set aside: Hemoglobin [Mass/volume] in Blood; Glucose [Mass/volume] in Serum "
        "or Plasma.",
    )


def test_a_small_count_is_not_told_and_there_is_no_total_to_work_it_out_from():
    (line,) = lines_of((CREATININE, {"as_recorded": 1_000, "implausible": 3}))

    assert "fewer than 11 beyond plausible limits" in line
    assert "1,003" not in line


def test_nothing_measured_is_nothing_said():
    assert lines_of() == ()
