"""What diagnostics say of the cohorts of simulated people is what counting by hand gives."""

import polars as pl
import pytest
from scipy.stats import chi2

from analytics.warehouse import Workspace, read_mart
from tests.support.plainly_diagnostics import (
    days_at_risk,
    incidence,
    index_events,
    like_in_name,
    neighbours,
    overlaps,
    records_by_concept,
)

ENDS = ((0.025, 0), (0.975, 1))
ENTRIES = {
    "inpatient_visit": ("visit_occurrence", {9201, 262, 8717, 32037}),
    "inpatient_discharge": ("visit_occurrence", {9201, 262, 8717, 32037}),
    "type_2_diabetes": ("condition_occurrence", {201826}),
    "new_nsaid_user": ("drug_exposure", {1118084, 1124300}),
}


@pytest.fixture(scope="module")
def simulated(simulated_workspace):
    return simulated_workspace


@pytest.fixture(scope="module")
def workspace(simulated):
    return Workspace(root=simulated.root)


@pytest.fixture(scope="module")
def entries(simulated):
    """The person and first day of each row of each cohort."""
    cohort = simulated.landed("cohort")
    return {name: rows for (name,), rows in cohort.group_by("cohort_name", maintain_order=True)}


def below(simulated, named):
    pairs = pl.read_parquet(simulated.cdm / "concept_ancestor.parquet")
    found = pairs.filter(pl.col("ancestor_concept_id").is_in(named))["descendant_concept_id"]
    return named | set(found)


def test_incidence_counts_days_up_to_the_first_entry(simulated, workspace, entries):
    days = days_at_risk(simulated.landed("observation_period"), simulated.landed("person"))
    mart = read_mart(workspace, "cohort_incidence")

    assert set(mart["cohort_name"]) == set(entries)
    for cohort in ("adult_year", "inpatient_discharge", "type_2_diabetes"):
        counted = {
            (row["attribute"], row["group_name"]): (
                row["n_people"],
                row["n_cases"],
                round(row["person_years"] * 365.25),
            )
            for row in mart.filter(cohort_name=cohort).iter_rows(named=True)
            if row["n_people"]
        }
        assert counted == incidence(days, entries[cohort]), cohort


def test_the_interval_is_nearly_the_exact_one_of_a_poisson_count(workspace):
    mart = read_mart(workspace, "cohort_incidence").filter(pl.col("n_cases") >= 5)
    lower, upper = (
        chi2.ppf([share], 2 * (mart["n_cases"].to_numpy() + more)) / 2 for share, more in ENDS
    )

    assert mart.height > 50
    for end, exact in (("lower", lower), ("upper", upper)):
        shown = mart[f"cases_per_1000_years_{end}"] * mart["person_years"] / 1000
        # Byar's approximation: within 1 % from five cases on.
        assert shown.to_numpy() == pytest.approx(exact, rel=0.01)
    rates = mart["n_cases"] / mart["person_years"] * 1000
    assert mart["cases_per_1000_years"].to_list() == pytest.approx(rates.to_list())


def test_cohorts_entered_by_the_same_people_on_the_same_days_are_said_to_be_alike(workspace):
    like = dict(
        read_mart(workspace, "cohort_incidence").select("cohort_name", "enters_like").rows()
    )

    assert like["inpatient_visit"] == like["inpatient_admission"] == "inpatient_admission"
    assert like["inpatient_discharge"] == "inpatient_discharge"
    assert like["type_2_diabetes"] == "type_2_diabetes"


def test_a_cohort_lies_in_the_smallest_one_that_all_its_people_enter_no_later(workspace, entries):
    first = {
        name: dict(rows.group_by("person_id").agg(pl.min("start_day")).rows())
        for name, rows in entries.items()
    }
    plainly = {
        inner: min(
            (
                (len(others), outer)
                for outer, others in first.items()
                if others != days and all(others.get(p, day + 1) <= day for p, day in days.items())
            ),
            default=(0, ""),
        )[1]
        for inner, days in first.items()
    }
    incidence_of = read_mart(workspace, "cohort_incidence").select("cohort_name", "lies_in")
    summary = read_mart(workspace, "cohort_summary").select("cohort_name", "lies_in")

    assert plainly["inpatient_discharge"] == "inpatient_admission"
    assert dict(incidence_of.rows()) == plainly
    assert dict(summary.rows()) == plainly


def test_the_overlap_of_two_cohorts_is_that_of_their_people(simulated, workspace, entries):
    people_of = {name: set(rows["person_id"]) for name, rows in entries.items()}
    plainly = overlaps(people_of, set(simulated.landed("person")["person_id"]))
    mart = read_mart(workspace, "cohort_overlap")

    assert {(one, other): both for one, other, both, _ in mart.iter_rows()} == {
        pair: both for pair, (both, *_) in plainly.items()
    }
    left_by_rules = {
        cohort: [*rules["n_people"], *rules["n_rows"]]
        for (cohort,), rules in read_mart(workspace, "cohort_attrition").group_by("cohort_name")
    }
    assert {(one, other): smallest for one, other, _, smallest in mart.iter_rows()} == {
        pair: min(
            11,
            *(part for part in parts if part),
            *(n - parts[0] for cohort in pair for n in left_by_rules[cohort] if n > parts[0]),
        )
        for pair, parts in plainly.items()
    }


@pytest.mark.parametrize("cohort", ENTRIES)
def test_index_events_are_the_records_on_the_days_that_open_a_cohort(
    simulated, workspace, entries, cohort
):
    table, named = ENTRIES[cohort]
    days = set(entries[cohort].select("person_id", "start_day").rows())
    mart = read_mart(workspace, "cohort_index_event").filter(cohort_name=cohort)

    counted = {
        row["concept_id"]: (row["n_records"], row["n_people"]) for row in mart.iter_rows(named=True)
    }
    assert counted
    assert set(mart["cdm_table"]) == {table}
    assert counted == index_events(simulated.cdm, table, below(simulated, named), days)


@pytest.mark.parametrize(
    ("concept_set", "named"),
    [
        ("type_2_diabetes_mellitus__70378479", {201826}),
        ("sglt2_inhibitor", None),
        ("celecoxib_and_1_other__3c671a50", {1118084, 1124300}),
    ],
)
def test_orphans_are_like_in_name_or_recorded_neighbours_outside_of_the_set(
    simulated, workspace, concept_set, named
):
    project = simulated.root / "dbt" / "seeds" / "concept_sets" / f"{concept_set}.csv"
    named = named or set(pl.read_csv(project)["concept_id"])
    concepts = pl.read_parquet(simulated.cdm / "concept.parquet")
    names = dict(concepts.select("concept_id", "concept_name").rows())
    recorded = records_by_concept(simulated.cdm)
    alike = like_in_name(names, named)
    parents, siblings = neighbours(simulated.cdm, named)
    expected = (alike | ((parents | siblings) & set(recorded))) - below(simulated, named)

    mart = read_mart(workspace, "orphan_concept").filter(concept_set=concept_set)

    assert expected
    assert {
        row["concept_id"]: (
            (row["is_like_in_name"], row["is_parent"], row["is_sibling"]),
            (row["n_records"], row["n_people"]),
        )
        for row in mart.iter_rows(named=True)
    } == {
        concept: (
            (concept in alike, concept in parents, concept in siblings),
            recorded.get(concept, (0, 0)),
        )
        for concept in expected
    }
