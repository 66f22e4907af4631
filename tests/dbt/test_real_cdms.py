"""The counts of two shared CDMs, from dbt and a second, plain way, and as published for them."""

from datetime import date

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.days import to_date
from analytics.warehouse import Workspace, land, land_events, open_cdm, read_landed, run_dbt
from tests.support.plainly_cohorts import (
    first_nsaids,
    followed_within,
    haemorrhages,
    inpatient_stays,
    observed_on,
)
from tests.support.shared import shared_data

pytestmark = pytest.mark.needs_shared


def build(name, root):
    workspace = Workspace(root=root / name)
    land(open_cdm(shared_data(name)), workspace, load_contracts("omop_cdm"))
    run_dbt(
        workspace,
        ["build", "--selector", "cohort_layer", "--exclude-resource-type", "test", "unit_test"],
    )
    land_events(workspace)
    return workspace


@pytest.fixture(scope="module")
def gibleed(tmp_path_factory):
    return build("gibleed", tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def synthea1k(tmp_path_factory):
    return build("synthea1k", tmp_path_factory.mktemp("real"))


def spells(workspace, name):
    cohort = read_landed(workspace, "cohort").collect()
    return [
        (person, to_date(start), to_date(end))
        for cohort_name, person, start, end in cohort.iter_rows()
        if cohort_name == name
    ]


def counts(workspace, name):
    rules = read_landed(workspace, "cohort_rule_count").collect()
    return rules.filter(pl.col("cohort_name") == name).select("n_rows", "n_people").rows()


def within_a_year(index: date, outcome: date) -> bool:
    return 1 <= (outcome - index).days <= 365


def test_gibleed_has_2694_first_exposures_of_which_2630_are_observed(gibleed):
    assert counts(gibleed, "new_nsaid_user") == [(2694, 2694), (2630, 2630)]

    plainly = observed_on(shared_data("gibleed"), first_nsaids(shared_data("gibleed")))
    assert {person: start for person, start, _ in spells(gibleed, "new_nsaid_user")} == plainly


def test_gibleed_479_of_them_bleed_on_days_1_to_365(gibleed):
    bleeds = spells(gibleed, "gastrointestinal_haemorrhage")
    assert {(person, start) for person, start, _ in bleeds} == haemorrhages(shared_data("gibleed"))

    users = {person: start for person, start, _ in spells(gibleed, "new_nsaid_user")}
    with_outcome = {
        person for person, day, _ in bleeds if person in users and within_a_year(users[person], day)
    }
    assert len(with_outcome) == 479


def test_orphan_observation_periods_are_left_out(gibleed):
    # 2,649 of the 5,343 belong to nobody in `person`.
    assert read_landed(gibleed, "observation_period").collect().height == 5343 - 2649


def test_synthea1k_197_of_1001_stays_are_followed_by_another_and_belong_to_11_people(synthea1k):
    stays = spells(synthea1k, "inpatient_visit")
    assert sorted(stays) == sorted(inpatient_stays(shared_data("synthea1k")))

    followed = followed_within(stays, 30)
    assert (len(stays), len(followed), len({person for person, _, _ in followed})) == (
        1001,
        197,
        11,
    )


def test_what_a_cdm_lacks_is_said(synthea1k):
    cdm = read_landed(synthea1k, "cdm").collect().row(0, named=True)

    lacking = cdm["missing_tables"].split(", ")
    assert {"measurement", "death", "concept_ancestor"} <= set(lacking)


@pytest.mark.agreement
@pytest.mark.parametrize(
    "name", ["synthea1k_dirty", "mimic_iv_demo", "dirty27", "corner", "synthea_fhir_r4"]
)
def test_every_shared_cdm_builds_and_keeps_the_promises_of_the_cohort_layer(name, tmp_path):
    workspace = Workspace(root=tmp_path)
    land(open_cdm(shared_data(name)), workspace, load_contracts("omop_cdm"))

    built = run_dbt(workspace, ["build", "--selector", "cohort_layer"])

    assert "cohort_rule_count" in built.node_names
    assert land_events(workspace)["person"] > 0
