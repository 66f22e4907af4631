"""Nothing planted, twenty times: how often does the audit raise an alarm?

An alarm is the verdict `disparity` (see `fairness/limits.py`): beyond the limit, beyond chance at
0.05 divided by the number of comparisons of the audit, and more than follows from who is at risk.
So at most about one audit in twenty should raise any. Twenty populations of 10,000 people, with the
settings that ship: with fewer bootstrap replicates a spread is known less well, and
there are more alarms. About ten minutes on one core.
"""

import pytest

from tests.support.studies_on_simulated import STUDIES, Answered, answer, build_side_by_side

pytestmark = pytest.mark.agreement

PERSONS, SEEDS = 10_000, range(101, 121)


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Answered]]:
    """For each study the answers of all seeds."""
    populations = build_side_by_side(
        tmp_path_factory.mktemp("nothing"),
        persons=PERSONS,
        seeds=SEEDS,
        profile="nothing_planted",
    )
    return {study: [answer(study, each) for each in populations] for study in STUDIES}


@pytest.mark.parametrize("study", STUDIES)
def test_at_most_two_of_twenty_audits_raise_an_alarm(audits: dict[str, list[Answered]], study: str):
    alarms = [each.alarms() for each in audits[study] if each.alarms()]
    n_comparisons = sum(each.n_comparisons for each in audits[study])
    said = f"{study}: {len(alarms)} of {len(SEEDS)} audits raise an alarm {alarms}"
    print(f"{said}, in {n_comparisons} comparisons")

    assert n_comparisons > 20
    assert len(alarms) <= 2, said


def test_what_is_no_alarm_is_told_all_the_same(audits: dict[str, list[Answered]]):
    """More of the old are at high risk of diabetes: often found, and no alarm."""
    verdicts = [set(each.audit["verdict"].to_list()) for each in audits["diabetes_onset_1y"]]

    assert sum("differs as risks do" in each for each in verdicts) >= 5
