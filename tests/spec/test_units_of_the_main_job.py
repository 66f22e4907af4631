"""The main job takes measured values in one unit for each concept, and says what it set aside.

Two of the eight simulated care sites report in SI units.
"""

import json

import duckdb
import polars as pl

from analytics.simulator.records.measures import SI_MEASURES, USUAL_MEASURES

STUDY = "diabetes_onset_1y"
LATEST_VALUE = 958
LOWEST = {measure.concept: measure.lowest for measure in USUAL_MEASURES}
# By hand from what the simulator can draw: the lowest value in the usual unit is above anything
# that stands in the record in SI units.
GLUCOSE, UREA_NITROGEN, HIGHEST_IN_MMOL = 3004501, 3013682, 30


def latest_values(workspace) -> pl.DataFrame:
    """One row for each person's latest value: its concept and the value a model is given."""
    values = workspace.made(STUDY, "covariates", "values")
    return values.filter(pl.col("covariate_id") % 1000 == LATEST_VALUE).select(
        "value", concept_id=pl.col("covariate_id") // 1000
    )


def test_no_latest_value_is_left_in_si_units(simulated_workspace):
    recorded = pl.read_parquet(simulated_workspace.cdm / "measurement.parquet")
    in_si = {(measure.concept, measure.unit) for measure in SI_MEASURES}
    units = recorded.select("measurement_concept_id", "unit_concept_id").unique().rows()
    assert in_si <= set(units)

    lowest = latest_values(simulated_workspace).group_by("concept_id").agg(pl.col("value").min())

    for concept_id, value in lowest.rows():
        # Reports in SI units are rounded, and so is what they are converted to.
        assert value >= LOWEST[concept_id] * 0.97, concept_id
    glucose = recorded.filter(pl.col("measurement_concept_id") == GLUCOSE)["value_as_number"]
    assert glucose.min() < HIGHEST_IN_MMOL < LOWEST[GLUCOSE]


def test_the_counts_are_those_of_the_record(simulated_workspace):
    counts = simulated_workspace.made(STUDY, "covariates", "unit_counts")
    rows = simulated_workspace.made(STUDY, "population", "rows").select("person_id", "index_date")
    measured = str(simulated_workspace.cdm / "measurement.parquet")

    by_hand = duckdb.sql(
        f"""
        with last_index as (
            select person_id, max(index_date) as index_date from rows group by person_id
        )
        select
            measurement_concept_id,
            coalesce(unit_concept_id, 0),
            count(value_as_number),
            count(distinct case when value_as_number is not null then person_id end)
        from read_parquet('{measured}') inner join last_index using (person_id)
        where measurement_date < index_date
        group by all order by all
        """
    ).fetchall()

    columns = ("concept_id", "unit_concept_id", "n_values", "n_people")
    assert rows.height > 1_000
    assert counts.select(columns).sort(columns[:2]).rows() == by_hand
    in_si = {(measure.concept, measure.unit) for measure in SI_MEASURES}
    for concept_id, unit, n_values, n_converted in counts.select(
        *columns[:3], "n_converted"
    ).iter_rows():
        assert n_converted == (n_values if (concept_id, unit) in in_si else 0)


def test_the_terminal_and_the_model_card_say_what_became_of_values(simulated_workspace):
    assert "converted to the unit of their concept; set aside 0 without a unit" in " ".join(
        simulated_workspace.demo.stdout.split()
    )

    (package,) = (simulated_workspace.root / "packages" / STUDY).iterdir()
    units = pl.read_parquet(package / "measured_units.parquet")
    urea = units.filter(concept_id=UREA_NITROGEN).sort("recorded_in")
    assert urea.select("recorded_in", "taken_in", "share_set_aside").rows() == [
        ("mg/dL", "mg/dL", 0.0),
        ("mmol/L", "mg/dL", 0.0),
    ]
    said = json.loads((package / "about.json").read_text())["left_out"]
    card = (package / "model_card.md").read_text()
    assert f"- {said['n_rare']:,} covariates that too few people have." in card
    assert said["n_rare"] > 0
