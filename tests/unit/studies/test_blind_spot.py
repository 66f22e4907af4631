"""A study says how its outcome is seen, and with it what its audit cannot see."""

from pathlib import Path

import pytest

from analytics.errors import BadInputError
from analytics.studies import Study, blind_spot, list_studies, load_study
from analytics.studies.reader import DEFINITIONS

SEEN_AS = {
    "diabetes_onset_1y": "diagnosis",
    "gi_bleed_nsaid_1y": "diagnosis",
    "readmission_30d": "visit",
}


def test_each_shipped_study_says_how_its_outcome_is_seen():
    studies = [load_study(name) for name in list_studies()]

    assert {
        study.name: study.outcome_seen_as for study in studies if isinstance(study, Study)
    } == SEEN_AS


@pytest.mark.parametrize("seen_as", ["diagnosis", "measurement"])
def test_an_outcome_that_somebody_must_write_down_hides_what_is_not_written_down(seen_as):
    blind = blind_spot(seen_as)

    assert blind.hides_under_recording
    assert "missed in the same way as its risks" in blind.words
    assert "this audit cannot see it" in blind.words


@pytest.mark.parametrize("seen_as", ["visit", "death"])
def test_an_outcome_that_comes_whoever_writes_shows_what_is_not_written_down(seen_as):
    blind = blind_spot(seen_as)

    assert not blind.hides_under_recording
    assert "observed to expected above 1" in blind.words
    assert "lower true positive rate" in blind.words


def test_where_a_study_does_not_say_the_audit_takes_it_for_the_worse():
    blind = blind_spot(None)

    assert blind.hides_under_recording
    assert "does not say how its outcome is seen" in blind.words


def test_a_way_of_seeing_that_does_not_exist_is_refused_with_what_was_meant(tmp_path: Path):
    text = (DEFINITIONS / "readmission_30d.yaml").read_text()
    path = tmp_path / "readmission_30d.yaml"
    path.write_text(text.replace("outcome_seen_as: visit", "outcome_seen_as: diagnoses"))

    with pytest.raises(BadInputError) as raised:
        load_study(path)

    assert "outcome_seen_as" in str(raised.value)
    assert "'diagnoses'" in str(raised.value)
    assert "diagnosis" in str(raised.value)
