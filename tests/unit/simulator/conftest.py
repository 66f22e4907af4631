"""One simulated population that all tests of this folder read."""

import pytest

from analytics.simulator import simulate
from tests.support.simulated_people import PERSONS, SEED, Simulated


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    folder = tmp_path_factory.mktemp("simulated") / "cdm"
    return Simulated(cdm=simulate(persons=PERSONS, seed=SEED, out=folder))
