"""The same people, recorded in two unit systems, have the same covariates."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics.contracts import UnitContracts, load_unit_contracts
from analytics.days import to_day
from analytics.features import CovariateMatrix, build_covariates
from analytics.simulator import simulate
from analytics.simulator.records import measurements
from analytics.simulator.records.measures import SI_MEASURES, USUAL_MEASURES
from analytics.studies import CovariateSettings

INDEX_DAY = to_day(date(2023, 6, 30))
LATEST_VALUE = 958
# Laboratories round what they report: each value is off by up to half of its last decimal.
USUAL = {measure.concept: measure for measure in USUAL_MEASURES}
ROUNDING = {
    si.concept: 0.5 * 10 ** -USUAL[si.concept].decimals + 0.5 * 10**-si.decimals / si.times
    for si in SI_MEASURES
}


@pytest.fixture(scope="module")
def two_systems(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same 400 people: every laboratory in the usual units, and every one in SI units."""
    folders = []
    for in_si in (False, True):
        with pytest.MonkeyPatch.context() as changed:
            changed.setattr(measurements, "REPORTS_IN_SI", np.full(8, in_si))
            out = tmp_path_factory.mktemp("units") / "cdm"
            folders.append(simulate(persons=400, seed=11, out=out).folder)
    return folders[0], folders[1]


def covariates_of(cdm: Path, units: UnitContracts | None) -> CovariateMatrix:
    """The measurement covariates of everybody, as of one day."""
    person = pl.read_parquet(cdm / "person.parquet").select("person_id", "year_of_birth")
    rows = person.select(
        row_id=pl.int_range(pl.len()),
        person_id="person_id",
        index_day=INDEX_DAY,
        days_of_prior_observation=365,
    )
    events = pl.scan_parquet(cdm / "measurement.parquet").select(
        event_id="measurement_id",
        person_id="person_id",
        concept_id=pl.col("measurement_concept_id").cast(pl.Int64),
        day=pl.col("measurement_date").to_physical(),
        end_day=pl.col("measurement_date").to_physical(),
        value="value_as_number",
        unit_concept_id=pl.col("unit_concept_id").cast(pl.Int64),
    )
    return build_covariates(
        rows,
        events={"measurement": events},
        person=person.with_columns(
            pl.lit("Unknown").alias(name) for name in ("sex", "race", "ethnicity")
        ),
        concepts=pl.DataFrame(schema={"concept_id": pl.Int64, "concept_name": pl.String}),
        settings=CovariateSettings(domains=("measurement",)),
        units=units,
    )


def _side_by_side(one: CovariateMatrix, other: CovariateMatrix) -> pl.DataFrame:
    """One row for each (row_id, covariate_id) of either, with both values."""
    return one.values.join(
        other.values, on=["row_id", "covariate_id"], how="full", coalesce=True, suffix="_other"
    ).with_columns(
        concept_id=pl.col("covariate_id") // 1000,
        is_latest_value=pl.col("covariate_id") % 1000 == LATEST_VALUE,
        apart=(pl.col("value") - pl.col("value_other")).abs(),
    )


def test_two_unit_systems_give_the_same_covariates_but_for_the_rounding_of_reports(two_systems):
    usual, si = (covariates_of(cdm, load_unit_contracts()) for cdm in two_systems)

    both = _side_by_side(usual, si)

    assert both.filter(pl.col("value").is_null() | pl.col("value_other").is_null()).is_empty()
    is_reported_in_both = pl.col("is_latest_value") & pl.col("concept_id").is_in(list(ROUNDING))
    assert both.filter(~is_reported_in_both)["apart"].max() == 0
    reported = both.filter(is_reported_in_both).with_columns(
        allowed=pl.col("concept_id").replace_strict(ROUNDING, return_dtype=pl.Float64)
    )
    assert reported["concept_id"].n_unique() == len(SI_MEASURES)
    assert reported.height > 1_000
    # Factors are rounded too, in the simulator to four figures: 0.02 % of the value.
    beyond = pl.col("apart") > pl.col("allowed") + 2e-4 * pl.col("value")
    assert reported.filter(beyond).is_empty()


def test_taken_as_recorded_the_two_systems_tell_people_apart(two_systems):
    usual, si = (covariates_of(cdm, None) for cdm in two_systems)

    glucose = _side_by_side(usual, si).filter(
        pl.col("is_latest_value") & (pl.col("concept_id") == 3004501)
    )

    assert (glucose["value"] / glucose["value_other"]).min() > 17


def test_all_values_of_an_si_site_are_counted_as_converted_and_none_is_lost(two_systems):
    usual, si = (covariates_of(cdm, load_unit_contracts()).unit_counts for cdm in two_systems)

    in_si = si.filter(pl.col("concept_id").is_in(list(ROUNDING)))
    assert in_si["n_converted"].sum() == in_si["n_values"].sum() > 5_000
    assert usual["n_converted"].sum() == 0
    for counts in (usual, si):
        assert counts["n_without_unit"].sum() == 0
        assert counts["n_without_conversion"].sum() == 0
        # The simulator makes no impossible value, and so the limits set none aside.
        assert counts["n_implausible"].sum() == 0
    by_concept = [
        counts.group_by("concept_id").agg(pl.col("n_values").sum()).sort("concept_id")
        for counts in (usual, si)
    ]
    assert by_concept[0].equals(by_concept[1])
