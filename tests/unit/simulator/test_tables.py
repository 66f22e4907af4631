"""Every table hangs together: keys, references, dates, concepts, and what is paid by whom."""

from collections import defaultdict
from datetime import date, timedelta

import polars as pl
import pytest

from analytics.simulator.records.vocabulary import vocabulary_tables
from analytics.simulator.writing.cdm_tables import table_schemas
from tests.support.plainly_simulator import paid_by_payers
from tests.support.simulated_people import Simulated

KEYS = {
    "concept_ancestor": ("ancestor_concept_id", "descendant_concept_id"),
    "concept_relationship": ("concept_id_1", "concept_id_2", "relationship_id"),
    "drug_strength": ("drug_concept_id", "ingredient_concept_id"),
    "episode_event": ("episode_id", "event_id", "episode_event_field_concept_id"),
    "cdm_source": ("cdm_source_name",),
    "death": ("person_id",),
}
# Columns that refer to another table's key under a name of their own.
REFERENCES = {
    "preceding_visit_occurrence_id": "visit_occurrence",
    "preceding_visit_detail_id": "visit_detail",
    "parent_visit_detail_id": "visit_detail",
    "episode_parent_id": "episode",
    "cost_event_id": "visit_occurrence",
    "event_id": "drug_exposure",
    "image_feature_event_id": "condition_occurrence",
}
SPANS = {
    "visit_detail": ("visit_detail_start_date", "visit_detail_end_date"),
    "device_exposure": ("device_exposure_start_date", "device_exposure_start_date"),
    "payer_plan_period": ("payer_plan_period_start_date", "payer_plan_period_end_date"),
    "episode": ("episode_start_date", "episode_end_date"),
    "note": ("note_date", "note_date"),
    "image_occurrence": ("image_occurrence_date", "image_occurrence_date"),
}
DOMAINS = {
    "condition_occurrence.condition_concept_id": {"Condition"},
    "condition_era.condition_concept_id": {"Condition"},
    "drug_exposure.drug_concept_id": {"Drug"},
    "drug_era.drug_concept_id": {"Drug"},
    "procedure_occurrence.procedure_concept_id": {"Procedure"},
    "device_exposure.device_concept_id": {"Device"},
    "measurement.measurement_concept_id": {"Measurement"},
    "observation.observation_concept_id": {"Observation"},
    "observation.value_as_concept_id": {"Observation", "Meas Value", "Race"},
    "visit_occurrence.visit_concept_id": {"Visit"},
    "visit_detail.visit_detail_concept_id": {"Visit"},
    "care_site.place_of_service_concept_id": {"Visit"},
    "provider.specialty_concept_id": {"Provider"},
    "payer_plan_period.payer_concept_id": {"Payer"},
    "cost.currency_concept_id": {"Currency"},
    "episode.episode_concept_id": {"Episode"},
    "episode.episode_object_concept_id": {"Procedure"},
    "episode_event.episode_event_field_concept_id": {"Metadata"},
    "note_nlp.note_nlp_concept_id": {"Condition"},
    "image_occurrence.anatomic_site_concept_id": {"Spec Anatomic Site"},
    "image_feature.image_finding_concept_id": {"Condition"},
    "drug_strength.amount_unit_concept_id": {"Unit"},
}
ENCLOSING = {441840, 4274025}
"""Clinical finding and disease: everything is one of them, so they group nothing."""


def columns_of(simulated: Simulated, name: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """Only these columns of a table: some tables are large."""
    return pl.read_parquet(simulated.cdm.folder / f"{name}.parquet", columns=list(columns))


def key_of(name: str) -> tuple[str, ...]:
    return KEYS.get(name, (f"{name}_id",))


@pytest.fixture(scope="module")
def ancestors() -> dict[int, set[int]]:
    above: dict[int, set[int]] = defaultdict(set)
    for row in vocabulary_tables()["concept_ancestor"].iter_rows(named=True):
        above[row["descendant_concept_id"]].add(row["ancestor_concept_id"])
    return above


@pytest.mark.parametrize("name", sorted(table_schemas()))
def test_every_table_is_there_and_its_keys_are_unique(simulated: Simulated, name: str):
    keys = columns_of(simulated, name, key_of(name))
    assert keys.height > 0
    assert keys.n_unique() == keys.height
    assert keys.null_count().sum_horizontal().to_list() == [0]


@pytest.mark.parametrize("name", sorted(table_schemas()))
def test_every_reference_is_found(simulated: Simulated, name: str):
    concepts = set(simulated.table("concept")["concept_id"])
    for column in table_schemas()[name].names:
        referred = REFERENCES.get(column, column.removesuffix("_id"))
        is_key = column == f"{name}_id"
        if "concept_id" in column:
            used = columns_of(simulated, name, (column,)).to_series().unique().drop_nulls()
            assert set(used) <= concepts, column
        elif referred in table_schemas() and column.endswith("_id") and not is_key:
            used = columns_of(simulated, name, (column,)).unique().drop_nulls()
            found = columns_of(simulated, referred, (f"{referred}_id",))
            lost = used.join(found, left_on=column, right_on=f"{referred}_id", how="anti")
            assert lost.is_empty(), column


@pytest.mark.parametrize("name", SPANS)
def test_what_is_dated_lies_inside_one_observation_period(simulated: Simulated, name: str):
    start, end = SPANS[name]
    table = simulated.table(name)
    periods = simulated.table("observation_period")
    inside = table.join(periods, on="person_id").filter(
        (pl.col(start) >= pl.col("observation_period_start_date"))
        & (pl.col(end) <= pl.col("observation_period_end_date"))
        & (pl.col(start) <= pl.col(end))
    )
    assert inside.height == table.height


@pytest.mark.parametrize("name", ["visit_detail", "device_exposure", "note", "image_occurrence"])
def test_what_happens_at_a_visit_is_that_persons_in_its_days(simulated: Simulated, name: str):
    start, end = SPANS[name]
    visits = simulated.table("visit_occurrence").select(
        "visit_occurrence_id", "visit_start_date", "visit_end_date", visitor="person_id"
    )
    named = simulated.table(name).filter(pl.col("visit_occurrence_id").is_not_null())
    at = named.join(visits, on="visit_occurrence_id")
    assert at.height == named.height > 0
    within = (pl.col(start) >= pl.col("visit_start_date")) & (
        pl.col(end) <= pl.col("visit_end_date")
    )
    assert at.filter((pl.col("person_id") != pl.col("visitor")) | ~within).is_empty()


def test_the_parts_of_a_stay_cover_it_and_follow_each_other(simulated: Simulated):
    parts = simulated.table("visit_detail").sort("visit_detail_id")
    stays = simulated.table("visit_occurrence").filter(pl.col("visit_concept_id") == 9201)
    whole = parts.group_by("visit_occurrence_id").agg(
        pl.col("visit_detail_start_date").min(), pl.col("visit_detail_end_date").max()
    )
    covered = stays.join(whole, on="visit_occurrence_id")
    assert covered.height == stays.height > 1_000
    assert (covered["visit_start_date"] == covered["visit_detail_start_date"]).all()
    assert (covered["visit_end_date"] == covered["visit_detail_end_date"]).all()
    second = parts.filter(pl.col("preceding_visit_detail_id").is_not_null()).join(
        parts, left_on="preceding_visit_detail_id", right_on="visit_detail_id", suffix="_before"
    )
    assert second.height > 100
    assert (second["visit_occurrence_id"] == second["visit_occurrence_id_before"]).all()
    assert (second["visit_detail_start_date"] == second["visit_detail_end_date_before"]).all()
    assert set(second["visit_detail_concept_id_before"]) == {32037}, "intensive care comes first"


def test_somebody_pays_on_every_observed_day_and_on_no_other(simulated: Simulated):
    observed: dict[int, list[tuple[date, date]]] = defaultdict(list)
    periods = simulated.table("observation_period")
    for person, start, end in periods.select(
        "person_id", "observation_period_start_date", "observation_period_end_date"
    ).iter_rows():
        observed[person].append((start, end))
    paid: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    payers = simulated.table("payer_plan_period")
    for row in payers.select(
        "person_id",
        "payer_plan_period_start_date",
        "payer_plan_period_end_date",
        "payer_concept_id",
    ).iter_rows():
        paid[row[0]].append(row[1:])
    n_changes = 0
    for person, spans in observed.items():
        for start, end in sorted(spans):
            day, payer_before = start, 0
            for since, until, payer in sorted(paid[person]):
                if start <= since <= end:
                    assert since == day, "no day is left out and none is paid twice"
                    assert payer != payer_before, "a new period means another payer"
                    n_changes += payer_before != 0
                    day, payer_before = until + timedelta(days=1), payer
            assert day == end + timedelta(days=1)
    assert sum(len(spans) for spans in paid.values()) == payers.height
    assert n_changes > 300


def test_payer_and_person_pay_the_whole_and_the_payer_is_the_one_of_the_day(simulated: Simulated):
    costs = simulated.table("cost")
    visits = simulated.table("visit_occurrence")
    assert costs["cost_event_id"].to_list() == visits["visit_occurrence_id"].to_list()
    assert (costs["paid_by_payer"] + costs["paid_by_patient"] == costs["total_paid"]).all()
    assert (costs["total_charge"] >= costs["total_paid"]).all()
    assert costs["total_paid"].min() >= 1
    at = costs.join(visits, left_on="cost_event_id", right_on="visit_occurrence_id").join(
        simulated.table("payer_plan_period"), on="payer_plan_period_id", suffix="_payer"
    )
    assert at.height == costs.height
    assert (at["person_id"] == at["person_id_payer"]).all()
    on_the_day = pl.col("visit_start_date").is_between(
        "payer_plan_period_start_date", "payer_plan_period_end_date"
    )
    assert at.filter(~on_the_day).is_empty()
    nobody = at.filter(pl.col("payer_concept_id") == 435)
    assert nobody.height > 100
    assert nobody["paid_by_payer"].sum() == 0


def test_what_each_payer_paid_adds_up_the_slow_way(simulated: Simulated):
    periods = simulated.table("payer_plan_period").filter(pl.col("person_id") <= 2_000)
    visits = simulated.table("visit_occurrence").filter(pl.col("person_id") <= 2_000)
    costs = simulated.table("cost").head(visits.height)
    quick = dict(
        costs.join(periods, on="payer_plan_period_id")
        .group_by("payer_concept_id")
        .agg(pl.col("total_paid").sum())
        .iter_rows()
    )
    assert paid_by_payers(costs, visits, periods) == pytest.approx(quick)


def test_a_line_of_treatment_holds_its_fills_and_follows_the_line_before(simulated: Simulated):
    lines = simulated.table("episode")
    fills = (
        simulated.table("episode_event")
        .join(lines, on="episode_id")
        .join(
            simulated.table("drug_exposure"),
            left_on="event_id",
            right_on="drug_exposure_id",
            suffix="_of_fill",
        )
    )
    assert (fills["person_id"] == fills["person_id_of_fill"]).all()
    started = pl.col("drug_exposure_start_date").is_between(
        "episode_start_date", "episode_end_date"
    )
    assert fills.filter(~started).is_empty()
    assert fills["episode_id"].n_unique() == lines.height > 300
    following = lines.sort("person_id", "episode_number").with_columns(
        pl.col("episode_end_date").shift(1).over("person_id").alias("before"),
        pl.int_range(1, pl.len() + 1).over("person_id").alias("rank"),
    )
    assert (following["episode_number"] == following["rank"]).all()
    assert following.filter(pl.col("episode_start_date") <= pl.col("before")).is_empty()
    assert lines["episode_number"].max() >= 3
    assert lines["episode_source_value"].str.len_chars().max() <= 50


def test_what_a_machine_read_stands_in_its_note(simulated: Simulated):
    read = simulated.table("note_nlp").join(simulated.table("note"), on="note_id")
    for row in read.iter_rows(named=True):
        at = int(row["offset"])
        assert row["note_text"][at : at + len(row["lexical_variant"])] == row["lexical_variant"]
        assert row["snippet"] in row["note_text"]
    assert set(read["term_exists"]) == {"Y", "N"}


def test_numbers_and_concepts_are_both_observed(simulated: Simulated):
    observed = simulated.table("observation")
    has_number, has_concept = (
        set(observed.filter(pl.col(column).is_not_null())["observation_concept_id"])
        for column in ("value_as_number", "value_as_concept_id")
    )
    assert has_number == {3034263}
    assert has_concept == {43054909, 40758030, 4013886}
    pain = observed.filter(pl.col("observation_concept_id") == 3034263)["value_as_number"]
    assert pain.is_between(0, 10).all()
    said = observed.filter(pl.col("observation_concept_id") == 4013886)
    mixed = simulated.table("person").filter(pl.col("race_concept_id") == 1546847)
    assert set(said["person_id"]) == set(mixed["person_id"])
    assert said.group_by("person_id").len()["len"].unique().to_list() == [2]


def test_laboratories_report_in_more_than_one_unit(simulated: Simulated):
    columns = ("measurement_concept_id", "unit_concept_id", "value_as_number")
    measured = columns_of(simulated, "measurement", columns).drop_nulls()
    units = dict(
        measured.group_by("measurement_concept_id")
        .agg(pl.col("unit_concept_id").unique().sort())
        .iter_rows()
    )
    glucose = measured.filter(pl.col("measurement_concept_id") == 3004501)
    assert units[3004501] == [8753, 8840], "mmol/L and mg/dL"
    means = dict(
        glucose.group_by("unit_concept_id").agg(pl.col("value_as_number").mean()).iter_rows()
    )
    # A millimole of glucose in a litre is 18.016 mg/dL.
    assert means[8840] / means[8753] == pytest.approx(18.016, rel=0.06)
    assert sum(len(kinds) > 1 for kinds in units.values()) >= 4


@pytest.mark.parametrize("place", DOMAINS)
def test_a_concept_is_standard_and_of_its_columns_domain(simulated: Simulated, place: str):
    name, column = place.split(".")
    concepts = simulated.table("concept")
    used = columns_of(simulated, name, (column,)).to_series().unique().drop_nulls()
    found = concepts.filter(
        pl.col("concept_id").is_in(used.implode()) & (pl.col("concept_id") != 0)
    )
    assert set(found["domain_id"]) <= DOMAINS[place]
    assert set(found["standard_concept"]) == {"S"}


def test_every_drug_has_a_class_and_every_diagnosis_a_group(
    simulated: Simulated, ancestors: dict[int, set[int]]
):
    concepts = simulated.table("concept")
    atc = set(concepts.filter(pl.col("vocabulary_id") == "ATC")["concept_id"])
    groups = set(concepts.filter(pl.col("vocabulary_id") == "SNOMED")["concept_id"])
    given = set(simulated.table("drug_era")["drug_concept_id"])
    given |= set(concepts.filter(pl.col("vocabulary_id") == "RxNorm")["concept_id"])
    assert {drug for drug in given if not ancestors[drug] & atc} == set()
    written = set(simulated.table("condition_era")["condition_concept_id"]) - {0}
    assert {
        diagnosis
        for diagnosis in written
        if not (ancestors[diagnosis] - {diagnosis}) & groups - ENCLOSING
    } == set()
    assert ancestors[1503297] >= {21600747, 21600745, 21600744, 21600712, 21600001}
    assert ancestors[316139] >= {134057, 321588, *ENCLOSING}


def test_ancestry_is_reflexive_transitive_and_without_a_circle(ancestors: dict[int, set[int]]):
    table = vocabulary_tables()["concept_ancestor"]
    levels = {
        (row["ancestor_concept_id"], row["descendant_concept_id"]): (
            row["min_levels_of_separation"],
            row["max_levels_of_separation"],
        )
        for row in table.iter_rows(named=True)
    }
    for (above, below), (fewest, most) in levels.items():
        assert (fewest == 0) == (above == below)
        assert 0 <= fewest <= most
        assert (above == below) or (below, above) not in levels
        for higher in ancestors[above]:
            assert levels[higher, below][0] <= levels[higher, above][0] + fewest
    assert {concept for concept in ancestors if concept not in ancestors[concept]} == set()


def test_standard_concepts_map_to_themselves_and_relationships_have_a_reverse():
    tables = vocabulary_tables()
    related = tables["concept_relationship"]
    standard = tables["concept"].filter(pl.col("standard_concept") == "S")["concept_id"]
    maps = related.filter(pl.col("relationship_id") == "Maps to")
    assert (maps["concept_id_1"] == maps["concept_id_2"]).all()
    assert maps["concept_id_1"].to_list() == standard.to_list()
    reverse = dict(
        tables["relationship"].select("relationship_id", "reverse_relationship_id").iter_rows()
    )
    rows = set(related.select("concept_id_1", "concept_id_2", "relationship_id").iter_rows())
    assert {(b, a, reverse[r]) for a, b, r in rows} == rows
