"""The step that makes up people: what it depends on, what it says, what it leaves."""

from dataclasses import replace
from pathlib import Path

import pytest

from analytics.errors import BadInputError
from analytics.pipelines.simulating import Simulation, simulate_people, simulate_step
from analytics.pipelines.steps import Silent

OTHERS = {
    "persons": 21,
    "seed": 2,
    "profile": "nothing_planted",
    "n_sites": 2,
    "dirty": True,
    "density": 0.5,
    "concepts": "many",
}


class Told(Silent):
    """A display that remembers how far the step was."""

    def __init__(self):
        self.told = []

    def progressed(self, title, done, in_all):
        self.told.append((title, done, in_all))


@pytest.fixture
def wanted(tmp_path: Path) -> Simulation:
    return Simulation(persons=20, seed=1, out=tmp_path / "people")


@pytest.mark.parametrize("name", OTHERS)
def test_people_are_made_up_anew_when_something_else_is_wanted(wanted: Simulation, name: str):
    other = replace(wanted, **{name: OTHERS[name]})
    assert simulate_step(other).inputs != simulate_step(wanted).inputs


def test_not_when_only_the_number_of_processes_differs(wanted: Simulation):
    assert simulate_step(replace(wanted, processes=2)).inputs == simulate_step(wanted).inputs


def test_a_profile_is_what_stands_in_its_file(wanted: Simulation, tmp_path: Path):
    profile = tmp_path / "mine.yaml"
    inputs = []
    for strength in (0.1, 0.2):
        profile.write_text(f"name: mine\ndescription: Mine.\ndrift: {{strength: {strength}}}\n")
        inputs.append(simulate_step(replace(wanted, profile=str(profile))).inputs)
    assert inputs[0] != inputs[1]


def test_progress_is_told_in_people_and_all_outputs_stand(wanted: Simulation):
    display = Told()
    simulate_people(wanted, display)
    assert display.told == [("Simulate people", 20, 20)]
    assert all(path.exists() for path in simulate_step(wanted).outputs)


def test_each_site_is_an_output(wanted: Simulation):
    sites = replace(wanted, n_sites=2)
    simulate_people(sites, Silent())
    outputs = simulate_step(sites).outputs
    assert len(outputs) == 2
    assert all(path.exists() for path in outputs)


def test_sites_are_folders(wanted: Simulation):
    with pytest.raises(BadInputError, match="--sites 2"):
        replace(wanted, n_sites=2, format="duckdb")
