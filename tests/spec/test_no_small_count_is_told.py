"""Nobody who reads everything that was published can tell that a count of people is small.

A curious reader knows what the marts mean, how they hang together and how the studies are defined
(`tests/support/everything_known.py`), and asks a solver for the largest value of each count that
is truly 1 to 10. That value has to be 11 or more.
"""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from tests.support.command_line import catchment, worked
from tests.support.everything_known import everything_known, small_counts
from tests.support.known_groups import SMALLEST
from tests.support.recording_known import BEHIND
from tests.support.shared import shared_data
from tests.support.workspaces import published_folder

AGGREGATE = {
    name: contract
    for name, contract in load_contracts("marts").items()
    if contract.disclosure is not None and contract.disclosure.level == "aggregate"
}
# Each rate with the count it is a rate of, by the mart and metric that show it.
RATES = (
    ("population_profile", None, "outcome_rate", "n_rows"),
    ("calibration", None, "outcome_rate", "n_rows"),
    ("treatment_pathway", None, "share", "n_people_total"),
    ("treatment_pathway_by_group", None, "share", "n_people_total"),
    ("treatment_line", None, "share", "n_people_total"),
    ("treatment_persistence", None, "share_persistent", "n_people_followed"),
    ("treatment_days_covered", None, "share_well_covered", "n_people"),
    ("model_performance", "outcome_rate", "value", "n_rows"),
    ("fairness_audit", "outcome_rate", "value", "n_rows"),
    ("fairness_audit", "selection_rate", "value", "n_rows"),
    ("fairness_audit", "true_positive_rate", "value", "n_outcomes"),
    ("fairness_audit", "positive_predictive_value", "value", "n_flagged_rows"),
)


@pytest.fixture(scope="session")
def simulated(simulated_workspace):
    return simulated_workspace.root


@pytest.fixture(scope="session")
def of_gibleed(gibleed):
    return gibleed.workspace


@pytest.fixture(scope="session")
def of_synthea1k(synthea1k):
    return synthea1k.workspace


@pytest.fixture(scope="session")
def of_mimic_iv_demo(mimic_iv_demo):
    return mimic_iv_demo.workspace


EVERY_RUN = [
    "simulated",
    *(
        pytest.param(name, marks=pytest.mark.needs_shared)
        for name in ("of_gibleed", "of_synthea1k", "of_mimic_iv_demo")
    ),
]


@pytest.fixture
def run(request: pytest.FixtureRequest) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Every aggregate mart of a run as it is, and as it was published."""
    return marts_of(request.getfixturevalue(request.param))


def marts_of(workspace: Path) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    published = published_folder(workspace) / "aggregates.duckdb"
    working = workspace / "warehouse.duckdb"
    with duckdb.connect(str(working), read_only=True) as connection:
        recording = connection.sql(BEHIND).pl()
    return _read(working, "marts.") | {"recording_by_group": recording}, _read(published, "")


def _read(file: Path, schema: str) -> dict[str, pl.DataFrame]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            name: connection.sql(
                f"select * from {schema}{name} order by {', '.join(contract.grain)}"
            ).pl()
            for name, contract in AGGREGATE.items()
        }


@pytest.mark.parametrize("run", EVERY_RUN, indirect=True)
def test_every_small_count_could_be_large_for_all_a_reader_knows(run):
    truth, shown = run
    reader = everything_known(truth, shown)
    small = small_counts(reader)

    assert reader.lies() == []
    assert len(small) > 100
    assert [name for name in small if reader.knows(name)] == []
    assert reader.bounds_below(SMALLEST, small) == {}


def test_the_reader_would_notice(simulated):
    """Were only the small counts themselves withheld, most of them could be found."""
    truth, _ = marts_of(simulated)
    # What recording tells is held against the same reader in test_recording.py.
    truth.pop("recording_by_group")
    carelessly = {
        name: frame.with_columns(
            pl.when(pl.col(count).is_between(1, SMALLEST - 1))
            .then(None)
            .otherwise(pl.col(count))
            .alias(count)
            for count in AGGREGATE[name].disclosure.counts
        )
        for name, frame in truth.items()
    }
    reader = everything_known(truth, carelessly)
    some = small_counts(reader)[::20]

    assert len(reader.bounds_below(SMALLEST, some)) > 0.5 * len(some)


@pytest.mark.parametrize("run", EVERY_RUN, indirect=True)
def test_no_rate_times_its_count_is_small(run):
    _, shown = run
    found = []
    for mart, metric, rate, of in RATES:
        rows = shown[mart]
        if metric is not None:
            rows = rows.filter(pl.col("metric") == metric)
        for share, count in rows.select(rate, of).drop_nulls().iter_rows():
            part = round(share * count)
            if 0 < part < SMALLEST or 0 < count - part < SMALLEST:
                found.append((mart, metric, share, count))

    assert found == []


@pytest.mark.parametrize("run", EVERY_RUN, indirect=True)
def test_a_difference_is_shown_only_between_two_values_that_are(run):
    _, shown = run
    audit = shown["fairness_audit"]
    values = {
        (row["study"], row["attribute"], row["group_name"], row["metric"]): row["value"]
        for row in audit.iter_rows(named=True)
    }
    for row in audit.filter(pl.col("difference").is_not_null()).iter_rows(named=True):
        there = row["study"], row["attribute"], row["reference_group"], row["metric"]
        assert row["value"] is not None
        assert values[there] is not None


@pytest.mark.parametrize("run", ["simulated"], indirect=True)
def test_what_a_study_rests_on_is_shown_and_most_of_its_pages(run):
    """A page that shows nothing helps nobody; of studies on a dozen people much is withheld."""
    truth, shown = run
    rests_on = truth["model_performance"].group_by("study").agg(pl.max("n_people_with_outcome"))
    large = rests_on.filter(pl.col("n_people_with_outcome") >= 2 * SMALLEST)["study"].implode()
    assert large.list.len().item() >= 2
    performance = shown["model_performance"].filter(pl.col("study").is_in(large))
    population = shown["study_attrition"].filter(pl.col("is_applied"), pl.col("study").is_in(large))
    last = population.filter(pl.col("step_number") == pl.col("step_number").max().over("study"))
    audit = shown["fairness_audit"]
    of_everyone = audit.filter(
        pl.col("attribute") == "overall", pl.col("metric") == "auroc", pl.col("study").is_in(large)
    )

    assert performance.select("value", "n_people_with_outcome").null_count().row(0) == (0, 0)
    assert last.select("n_people", "n_people_with_outcome").null_count().row(0) == (0, 0)
    assert of_everyone["value"].null_count() == 0
    for mart, count, most in (
        ("population_profile", "n_people", 0.25),
        ("calibration", "n_outcomes", 0.25),
        ("decision_curve", "n_flagged_people", 0.35),
    ):
        there, told = (
            marts[mart].filter(pl.col("study").is_in(large))[count].is_not_null().sum()
            for marts in run
        )
        assert (there - told) / there < most, mart
    there, told = (marts["data_quality"]["n_rows"].is_not_null().sum() for marts in run)
    assert (there - told) / there < 0.01


@pytest.mark.agreement
def test_nor_can_it_be_told_of_20_000_people(tmp_path):
    worked(catchment("demo", "--persons", 20_000, "-w", tmp_path / "w", "--no-serve"))
    truth, shown = marts_of(tmp_path / "w")
    reader = everything_known(truth, shown)

    assert reader.lies() == []
    assert reader.bounds_below(SMALLEST, small_counts(reader)) == {}


HOSPITAL_TREATMENT = """\
name: hospital_treatment
kind: pathway
title: Treatment in hospital
question: What do people get in hospital, and in which order?
target: inpatient_admission
events:
  - {concepts: [967823], source: drug_era, event: Sodium chloride}
  - {concepts: [1367571], source: drug_era, event: Heparin}
  - {concepts: [1560524], source: drug_era, event: Glucose}
  - {concepts: [1125315], source: drug_era, event: Acetaminophen}
  - {concepts: [941258], source: drug_era, event: Docusate}
combination_window: 2
min_post_combination_duration: 1
window_end: 365
"""


@pytest.mark.agreement
@pytest.mark.needs_shared
def test_nor_of_treatments_of_42_people_in_hospital(tmp_path):
    study = tmp_path / "hospital_treatment.yaml"
    study.write_text(HOSPITAL_TREATMENT)
    worked(catchment("build", "--cdm", shared_data("mimic_iv_demo"), "-w", tmp_path / "w"))
    worked(catchment("pathways", study, "-w", tmp_path / "w"))
    truth, shown = marts_of(tmp_path / "w")
    reader = everything_known(truth, shown)
    small = small_counts(reader)

    assert truth["treatment_pathway"]["n_people"].sum() == 42
    assert truth["treatment_line"].is_empty()  # too few for any line to be counted
    assert truth["treatment_pathway_by_group"].height > 20
    assert sum(name.startswith("hospital_treatment") for name in small) > 20
    assert reader.lies() == []
    assert [name for name in small if reader.knows(name)] == []
    assert reader.bounds_below(SMALLEST, small) == {}
