"""What would break a contract does not happen to simulated people."""

import polars as pl
import pytest

from tests.support.simulated_people import PERSONS, Simulated

EVENTS = {
    "visit_occurrence": ("visit_start_date", "visit_end_date"),
    "condition_occurrence": ("condition_start_date", "condition_end_date"),
    "condition_era": ("condition_era_start_date", "condition_era_end_date"),
    "drug_exposure": ("drug_exposure_start_date", "drug_exposure_end_date"),
    "drug_era": ("drug_era_start_date", "drug_era_end_date"),
    "procedure_occurrence": ("procedure_date", "procedure_date"),
    "measurement": ("measurement_date", "measurement_date"),
    "observation": ("observation_date", "observation_date"),
}
AT_VISITS = (
    "condition_occurrence",
    "drug_exposure",
    "procedure_occurrence",
    "measurement",
    "observation",
)


def spans(simulated: Simulated, name: str) -> pl.DataFrame:
    start, end = EVENTS[name]
    return simulated.table(name).select(
        "person_id", pl.col(start).alias("start"), pl.col(end).alias("end")
    )


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_lies_inside_one_observation_period(simulated: Simulated, name: str):
    events = spans(simulated, name).with_row_index("row")
    periods = simulated.table("observation_period")
    inside = events.join(periods, on="person_id").filter(
        (pl.col("start") >= pl.col("observation_period_start_date"))
        & (pl.col("end") <= pl.col("observation_period_end_date"))
    )
    assert events.height > 1_000
    assert inside["row"].n_unique() == events.height


@pytest.mark.parametrize("name", EVENTS)
def test_nothing_ends_before_it_starts_or_happens_after_death(simulated: Simulated, name: str):
    events = spans(simulated, name).join(
        simulated.table("death").select("person_id", "death_date"), on="person_id", how="left"
    )
    assert events.filter(pl.col("end") < pl.col("start")).height == 0
    assert events.filter(pl.col("end") > pl.col("death_date")).height == 0
    assert events["death_date"].drop_nulls().len() > 0


@pytest.mark.parametrize("name", EVENTS)
def test_ids_count_rows_in_order_of_person_and_day(simulated: Simulated, name: str):
    table = simulated.table(name)
    assert (table[f"{name}_id"] == pl.int_range(1, table.height + 1, eager=True)).all()
    events = spans(simulated, name).select("person_id", "start")
    assert events.equals(events.sort("person_id", "start", maintain_order=True))


def test_everybody_is_observed_in_periods_that_do_not_overlap(simulated: Simulated):
    periods = simulated.table("observation_period").sort(
        "person_id", "observation_period_start_date"
    )
    person = simulated.table("person")
    assert person.height == PERSONS
    assert set(periods["person_id"]) == set(person["person_id"])
    before = pl.col("observation_period_end_date").shift(1).over("person_id")
    assert periods.filter(pl.col("observation_period_start_date") <= before).height == 0
    reversed_ = pl.col("observation_period_end_date") < pl.col("observation_period_start_date")
    assert periods.filter(reversed_).height == 0
    assert periods.height > PERSONS, "some people leave and come back"
    born = periods.join(person, on="person_id")
    assert born.filter(
        pl.col("observation_period_start_date").dt.year() < pl.col("year_of_birth")
    ).is_empty()


def test_the_dead_are_observed_until_they_die(simulated: Simulated):
    last = (
        simulated.table("observation_period")
        .group_by("person_id")
        .agg(pl.col("observation_period_end_date").max())
    )
    dead = simulated.table("death").join(last, on="person_id")
    assert dead.height == simulated.table("death").height > 100
    assert (dead["death_date"] == dead["observation_period_end_date"]).all()


@pytest.mark.parametrize("name", AT_VISITS)
def test_a_visit_named_by_an_event_is_that_persons_on_that_day(simulated: Simulated, name: str):
    visits = simulated.table("visit_occurrence").select(
        "visit_occurrence_id", "visit_start_date", "visit_end_date", visitor="person_id"
    )
    named = simulated.table(name).filter(pl.col("visit_occurrence_id").is_not_null())
    found = named.join(visits, on="visit_occurrence_id")
    assert found.height == named.height > 0
    on_the_day = pl.col(EVENTS[name][0]).is_between("visit_start_date", "visit_end_date")
    assert found.filter((pl.col("person_id") != pl.col("visitor")) | ~on_the_day).is_empty()


def test_every_concept_site_and_provider_exists(simulated: Simulated):
    concepts = set(simulated.table("concept")["concept_id"])
    known = {
        "care_site_id": set(simulated.table("care_site")["care_site_id"]),
        "provider_id": set(simulated.table("provider")["provider_id"]),
        "location_id": set(simulated.table("location")["location_id"]),
    }
    for name in (
        "person",
        "observation_period",
        "death",
        "care_site",
        "provider",
        "cdm_source",
        *EVENTS,
    ):
        table = simulated.table(name)
        for column in table.columns:
            used = set(table[column].drop_nulls().unique()) if column.endswith("_id") else set()
            if column.endswith("concept_id"):
                assert used <= concepts, (name, column, used - concepts)
            elif column in known:
                assert used <= known[column], (name, column)


def test_stays_of_a_person_do_not_overlap_by_more_than_a_transfer_day(simulated: Simulated):
    stays = simulated.table("visit_occurrence").filter(pl.col("visit_concept_id") == 9201)
    ended = pl.col("visit_end_date").shift(1).over("person_id")
    ordered = stays.sort("person_id", "visit_start_date", "visit_end_date")
    assert ordered.filter(pl.col("visit_start_date") < ended).is_empty()
    # Only a transfer starts on the day the stay before it ended.
    touching = ordered.filter(pl.col("visit_start_date") == ended)
    assert touching["preceding_visit_occurrence_id"].null_count() == 0
    assert touching.height > 50


def test_a_transfer_names_the_visit_it_came_from(simulated: Simulated):
    visits = simulated.table("visit_occurrence")
    second = visits.filter(pl.col("preceding_visit_occurrence_id").is_not_null())
    pair = second.join(
        visits,
        left_on="preceding_visit_occurrence_id",
        right_on="visit_occurrence_id",
        suffix="_before",
    )
    assert pair.height == second.height > 50
    assert (pair["person_id"] == pair["person_id_before"]).all()
    assert (pair["visit_start_date"] == pair["visit_end_date_before"]).all()
    assert set(pair["discharged_to_concept_id_before"]) == {8717}


def test_who_is_discharged_dead_dies_that_day(simulated: Simulated):
    died = simulated.table("visit_occurrence").filter(pl.col("discharged_to_concept_id") == 4216643)
    dead = died.join(simulated.table("death"), on="person_id")
    assert dead.height == died.height > 50
    assert (dead["visit_end_date"] == dead["death_date"]).all()


def test_a_descendant_stands_below_an_ancestor_that_exists(simulated: Simulated):
    ancestors = simulated.table("concept_ancestor")
    concepts = set(simulated.table("concept")["concept_id"])
    assert set(ancestors["ancestor_concept_id"]) == concepts
    assert set(ancestors["descendant_concept_id"]) == concepts
    below_diabetes = ancestors.filter(pl.col("ancestor_concept_id") == 201826)
    assert set(below_diabetes["descendant_concept_id"]) == {201826, 4193704}
