"""Where the records of a study's pathways come from: eras, events of other domains, cohorts."""

import pytest

from analytics.pathways import people_outside_observation
from analytics.pipelines.pathway_events import study_events, study_exits
from analytics.studies import PathwayEvent, PathwayExit, PathwayStudy
from analytics.warehouse import Workspace
from tests.support.tables import table


def study(**more: object) -> PathwayStudy:
    return PathwayStudy(
        name="own",
        kind="pathway",
        title="Own",
        question="?",
        target="type_2_diabetes",
        events=(
            PathwayEvent(concept_set="metformin", event="Metformin"),
            PathwayEvent(concept_set="emergency_visit", event="Emergency"),
            PathwayEvent(cohort="new_nsaid_user", event="NSAID"),
        ),
        exits=(PathwayExit(cohort="inpatient_discharge", event="Discharge"),),
        **more,
    )


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
        file = tmp_path / "landed" / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        table(picture).write_parquet(file)
    return Workspace(root=tmp_path)


def test_events_are_eras_of_drugs_events_of_other_domains_and_rows_of_cohorts(place):
    assert sorted(study_events(study(), place).rows()) == [
        ("Emergency", 1, 50, 51),
        ("Emergency", 1, 60, 60),
        ("Metformin", 1, 10, 40),
        ("NSAID", 1, 80, 90),
    ]


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


def test_an_event_comes_from_one_place():
    with pytest.raises(ValueError, match="event 'A' has neither of concept_set and cohort"):
        PathwayEvent(event="A")
    with pytest.raises(ValueError, match="event 'A' has both of concept_set and cohort"):
        PathwayEvent(event="A", concept_set="a", cohort="b")
