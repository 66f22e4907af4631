"""A profile switches each planted thing on and off and scales it; a faulty one is refused."""

from pathlib import Path

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.simulator.profile import Profile, list_profiles, load_profile
from analytics.simulator.timeline import NEVER
from analytics.simulator.truth import read_truth
from analytics.simulator.truth.treatment import treatment_truth
from analytics.simulator.truth.unrecorded import unrecorded_facts
from tests.support.known_truth import batches_of, planted, world_of


@pytest.mark.parametrize("strength", [0.0, 1.0, 2.0])
def test_unrecorded_facts_weigh_in_a_true_risk_as_much_as_the_profile_says(strength: float):
    without, with_them = (
        treatment_and_facts(planted("nothing_planted").model_copy(update={"unrecorded_facts": s}))
        for s in (0.0, strength)
    )
    added = logit(with_them["risk_on_celecoxib"]) - logit(without["risk_on_celecoxib"])
    expected = strength * (0.9 * with_them["drinks"] + 0.3 * with_them["frailty"])
    assert without.height > 50
    assert added.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-6)


def logit(risk: pl.Series) -> pl.Series:
    return (risk / (1 - risk)).log()


def treatment_and_facts(profile: Profile) -> pl.DataFrame:
    world = world_of(profile, 12)
    (lives,) = batches_of(world, 800)
    facts = unrecorded_facts(lives, world).select("person_id", "frailty")
    return treatment_truth(lives).join(facts, on="person_id").sort("person_id")


def test_everything_can_be_switched_off():
    off = planted(
        "nothing_planted",
        negative_controls={"rate_per_year": 0.0},
        immortal_time={"share_treated": 0.0},
        leaving={"competing_death": 0.0},
    )
    (lives,) = batches_of(world_of(off, 12), 800)
    (usual,) = batches_of(world_of("nothing_planted", 12), 800)
    assert (lives.negative_controls == NEVER).all()
    assert (usual.negative_controls < NEVER).any()
    assert (lives.statins.start == NEVER).all()
    assert (usual.statins.start < NEVER).any()
    # Outside hospital nobody dies any more.
    assert 0 < (lives.death_day < NEVER).sum() < (usual.death_day < NEVER).sum()


def test_the_shipped_profiles_say_what_they_are():
    expected = {
        "default",
        "nothing_planted",
        "label_bias",
        "confounded",
        "unmeasured_confounder",
        "immortal_time",
        "informative_censoring",
        "drift",
    }
    assert set(list_profiles()) == expected
    assert all(load_profile(name).name == name for name in expected)
    nothing = load_profile("nothing_planted").model_dump(exclude={"name", "description"})
    assert nothing == Profile(name="x", description="x").model_dump(exclude={"name", "description"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("under_recording: {group: Black}", "group 'Black' does not exist for race"),
        ("under_recording: {attribute: payer, group: Medicad}", "Did you mean 'Medicaid'"),
        ("under_recording: {share_not_recorded: 1.2}", "share_not_recorded"),
        ("treatmnt: {odds_ratio: 2.0}", "Did you mean 'treatment'"),
        ("treatment: {odds_ratio: 0.0}", "odds_ratio"),
    ],
)
def test_a_profile_with_a_fault_is_refused_with_what_was_meant(
    text: str, said: str, tmp_path: Path
):
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\ndescription: a fault\n{text}\n")
    with pytest.raises(BadInputError, match=said):
        load_profile(path)


def test_a_folder_without_a_truth_is_refused(tmp_path: Path):
    with pytest.raises(BadInputError, match="is not the truth behind a simulated CDM"):
        read_truth(tmp_path)
