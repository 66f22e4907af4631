"""Where the records of a study's pathways come from: eras, events of other domains, cohorts."""

import duckdb
import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.pathways import people_outside_observation
from analytics.pipelines.pathway_events import (
    eras_in_words,
    notes_on,
    study_events,
    study_exits,
    together,
)
from analytics.studies import PathwayEvent, PathwayExit, PathwayStudy
from analytics.warehouse import Workspace
from tests.support.tables import table

EVENTS = (
    PathwayEvent(concept_set="metformin", event="Metformin"),
    PathwayEvent(concept_set="emergency_visit", event="Emergency"),
    PathwayEvent(cohort="new_nsaid_user", event="NSAID"),
)
METFORMIN, BIGUANIDES, REGIMEN, ENDOSCOPY = 1503297, 21600745, 35804259, 4249893


def study(*events: PathwayEvent, **more: object) -> PathwayStudy:
    return PathwayStudy(
        name="own",
        kind="pathway",
        title="Own",
        question="?",
        target="type_2_diabetes",
        events=events or EVENTS,
        exits=(PathwayExit(cohort="inpatient_discharge", event="Discharge"),),
        **more,
    )


def rows_of(asked: PathwayStudy, place: Workspace) -> list[tuple[object, ...]]:
    return sorted(together(study_events(asked, place)).rows())


def sources_of(asked: PathwayStudy, place: Workspace) -> dict[str, str]:
    return {one.event: one.source for one in study_events(asked, place)}


def land(place: Workspace, name: str, picture: str) -> None:
    file = place.landed / f"{name}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    table(picture).cast({pl.Null: pl.Int64}).write_parquet(file)


@pytest.fixture
def place(tmp_path) -> Workspace:
    """A workspace with one person's records, of which some are asked for."""
    landed = {
        "built_drug_era": """
            concept_set | person_id | start_day | end_day
            ------------+-----------+-----------+--------
              metformin |         1 |        10 |      40
                insulin |         1 |        10 |      40
        """,
        "drug_era": """
            person_id | concept_id | start_day | end_day
            ----------+------------+-----------+--------
                    1 |    1503297 |        10 |      30
                    1 |    1503297 |        35 |      40
        """,
        "episode": """
            person_id | concept_id | start_day | end_day
            ----------+------------+-----------+--------
                    1 |   35804259 |       110 |     150
                    1 |   35804259 |       160 |
                    1 |          7 |       170 |     180
        """,
        "events/procedure": """
            person_id | concept_id | day | end_day
            ----------+------------+-----+--------
                    1 |    4249893 | 120 |
        """,
        "events/visit": """
            person_id | concept_id | day | end_day
            ----------+------------+-----+--------
                    1 |       9203 |  50 |      51
                    1 |       9203 |  60 |
                    1 |       9201 |  70 |      75
        """,
        "concept_set_member": """
                concept_set | concept_id
            ----------------+-----------
                  metformin |    1503297
            emergency_visit |       9203
            inpatient_visit |       9201
        """,
        "cohort": """
                    cohort_name | person_id | start_day | end_day
            --------------------+-----------+-----------+--------
                 new_nsaid_user |         1 |        80 |      90
            inpatient_discharge |         1 |       100 |     100
                type_2_diabetes |         1 |         0 |     200
        """,
    }
    for name, picture in landed.items():
        land(Workspace(root=tmp_path), name, picture)
    return Workspace(root=tmp_path)


@pytest.fixture
def with_ancestors(place) -> Workspace:
    """The same workspace with a vocabulary: metformin lies below the biguanides."""
    place.warehouse.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(place.warehouse)) as connection:
        connection.execute("create schema staging")
        connection.execute(
            "create table staging.stg_omop__concept_ancestor as select "
            f"{BIGUANIDES} as ancestor_concept_id, {METFORMIN} as descendant_concept_id"
        )
    return place


NO_ERAS = """
    person_id | concept_id | start_day | end_day
    ----------+------------+-----------+--------
"""


def test_events_are_eras_of_drugs_events_of_other_domains_and_rows_of_cohorts(place):
    assert rows_of(study(), place) == [
        ("Emergency", 1, 50, 51),
        ("Emergency", 1, 60, 60),
        ("Metformin", 1, 10, 30),
        ("Metformin", 1, 35, 40),
        ("NSAID", 1, 80, 90),
    ]


def test_eras_are_the_cdms_own_and_it_is_said_whose_they_are(place):
    assert sources_of(study(), place) == {
        "Metformin": "drug_era",
        "Emergency": "visit",
        "NSAID": "cohort",
    }
    assert eras_in_words(study_events(study(), place)) == "the CDM's own drug eras"


def test_where_the_cdm_has_no_eras_they_are_built_and_it_is_said(place):
    land(place, "drug_era", NO_ERAS)
    found = study_events(study(), place)

    assert found[0].source == "built_drug_era"
    assert found[0].records.rows() == [("Metformin", 1, 10, 40)]
    assert eras_in_words(found) == "drug eras built of exposures"


def test_built_eras_can_be_asked_for(place):
    asked = study(drug_eras="built")

    assert sources_of(asked, place)["Metformin"] == "built_drug_era"
    assert ("Metformin", 1, 10, 40) in rows_of(asked, place)


def test_a_class_named_by_its_concept_holds_what_lies_below_it(with_ancestors):
    biguanides = PathwayEvent(concepts=(BIGUANIDES,), source="drug_era", event="Biguanide")

    assert rows_of(study(biguanides), with_ancestors) == [
        ("Biguanide", 1, 10, 30),
        ("Biguanide", 1, 35, 40),
    ]


def test_procedures_and_episodes_are_events(with_ancestors):
    asked = study(
        PathwayEvent(concepts=(ENDOSCOPY,), source="procedure", event="Endoscopy"),
        PathwayEvent(concepts=(REGIMEN,), source="episode", event="Regimen"),
    )

    assert rows_of(asked, with_ancestors) == [
        ("Endoscopy", 1, 120, 120),
        ("Regimen", 1, 110, 150),
        ("Regimen", 1, 160, 160),
    ]


def test_a_cdm_without_episodes_is_read_as_empty_and_it_is_said(with_ancestors):
    land(with_ancestors, "episode", NO_ERAS)
    asked = study(PathwayEvent(concepts=(REGIMEN,), source="episode", event="Regimen"))

    assert rows_of(asked, with_ancestors) == []
    assert notes_on(study_events(asked, with_ancestors), with_ancestors) == (
        "This CDM has no episodes: its table episode is missing or empty.",
        "Events without a record in this CDM: Regimen.",
    )


def test_concepts_have_no_eras_where_the_cdm_has_none(with_ancestors):
    asked = study(PathwayEvent(concepts=(METFORMIN,), source="drug_era", event="Metformin"))

    land(with_ancestors, "drug_era", NO_ERAS)
    with pytest.raises(
        BadInputError,
        match=r"own.yaml: event 'Metformin' names concepts, and the CDM has no drug_era: eras are "
        r"built only of concept sets\. Write the concepts into a file of .*concept_sets/",
    ):
        study_events(asked, with_ancestors)


def test_a_source_of_another_domain_than_the_concept_set_is_refused(place):
    asked = study(PathwayEvent(concept_set="metformin", source="procedure", event="Metformin"))

    with pytest.raises(
        BadInputError,
        match=r"own.yaml: event 'Metformin' asks for the source procedure, but its concept set "
        r"'metformin' is one of the domain drug\. Use: drug_era, drug, episode",
    ):
        study_events(asked, place)


def test_exits_are_rows_of_cohorts(place):
    assert study_exits(study(), place).rows() == [("Discharge", 1, 100, 100)]


def test_people_whose_window_reaches_outside_their_observation_are_counted():
    targets = table("""
        person_id | start_day | end_day
        ----------+-----------+--------
                1 |       100 |     200
                2 |       100 |     200
                3 |       100 |     200
    """)
    periods = table("""
        person_id | start_day | end_day
        ----------+-----------+--------
                1 |       100 |     200
                2 |         0 |     150
                2 |       160 |     300
    """)

    assert people_outside_observation(targets, periods, study()) == 2
    assert people_outside_observation(targets, periods, study(window_start=-1)) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "event 'A' has none of concept_set, concepts and cohort: give one of them"),
        ({"concept_set": "a", "cohort": "b"}, "event 'A' has concept_set and cohort of"),
        ({"concept_set": "a", "concepts": (1,)}, "event 'A' has concept_set and concepts of"),
        ({"cohort": "b", "source": "visit"}, "is made of the rows of the cohort b: leave the"),
        ({"concepts": (1,)}, "names concepts and not which records of them to read: add a source"),
        ({"concepts": (-1,), "source": "drug_era"}, "greater than 0"),
        ({"concept_set": "a", "source": "procedures"}, "'drug_era', 'episode'|'procedure'"),
    ],
)
def test_an_event_that_does_not_say_what_it_is_made_of_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        PathwayEvent(event="A", **given)
