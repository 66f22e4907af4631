"""SIGKILL in the middle of each step's writing, then the same command again.

A workspace holds the finished answer of one simulated CDM. The command is run on another CDM and
killed in one step after the other, each time while that step writes over what the first answer
left there; at last it is left to finish. What it publishes then equals what an undisturbed run in
an empty folder publishes, and until that moment the first answer stands published, whole.
"""

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.support.command_line import ROOT, Said, catchment, worked
from tests.support.killed_at import SIGN
from tests.support.workspaces import published_marts, steps_that_ran, when_each_step_ended

STUDY = """
name: onset_quickly
kind: prediction
title: Type 2 diabetes within a year, asked quickly
question: Of adults without type 2 diabetes, who will have it recorded within a year?
target: adult_year
outcome: type_2_diabetes
outcome_in_words: type 2 diabetes within a year
time_at_risk: {first_day: 1, last_day: 365}
population: {washout_days: 365, remove_prior_outcome: true, min_time_at_risk_days: 364}
covariates: {windows: [365], domains: [condition, measurement]}
models: [logistic_l1, age_and_sex]
prediction: {kind: prevalent}
bootstrap_replicates: 20
intended_use: To be interrupted in a test.
"""
PERSONS = 500
ORDER = (
    *("simulate", "check", "land", "cohort_layer", "land_events"),
    *("onset_quickly.population", "onset_quickly.covariates", "onset_quickly.train"),
    *("onset_quickly.evaluate", "onset_quickly.audit", "onset_quickly.characterise"),
    *("onset_quickly.package", "onset_quickly.predict", "onset_quickly.results"),
    *("diabetes_treatment.pathways", "diabetes_treatment.results"),
    *("marts", "publish"),
)
# Times, and what a run is called; a step that was not disturbed is `reused` by the next attempt.
MAY_DIFFER = ("run_id", "finished_at", "seconds", "status")


@dataclass(frozen=True, kw_only=True)
class Kill:
    """A step, and the writing in whose middle it is killed (see `tests/support/killed_at.py`)."""

    step: str
    how: str
    where: str

    def __str__(self) -> str:
        return f"{self.step}-{self.how}"


KILLS = (
    Kill(step="simulate", how="rows", where=".people.being-written/measurement"),
    Kill(step="land", how="statement", where='insert into cdm."measurement"'),
    Kill(step="cohort_layer", how="statement", where='"events"."measurement_event__dbt_tmp"'),
    Kill(step="land_events", how="copy", where="landed/events/.measurement"),
    Kill(step="onset_quickly.train", how="file", where=".train.partial/logistic_l1.json"),
    Kill(step="onset_quickly.package", how="file", where="scorer.json"),
    Kill(step="onset_quickly.results", how="statement", where='insert into results."calibration"'),
    Kill(step="marts", how="statement", where='"marts"."fairness_audit__dbt_tmp"'),
    Kill(step="publish", how="statement", where='create table "fairness_audit"'),
)
MORE_KILLS = (
    Kill(step="simulate", how="rename", where=".people.being-written"),
    Kill(step="simulate", how="rename", where=".simulate.json.partial"),
    Kill(step="check", how="parquet", where=".quality.partial/quality_check"),
    Kill(step="check", how="rename", where=".quality.partial"),
    Kill(step="land", how="statement", where="create or replace table cdm.landed_table"),
    Kill(step="land", how="rename", where=".land.json.partial"),
    Kill(step="cohort_layer", how="statement", where='"cohorts"."cohort_days__dbt_tmp"'),
    Kill(step="land_events", how="rename", where="landed/.cohort.parquet.writing"),
    Kill(step="onset_quickly.population", how="parquet", where=".population.partial/rows"),
    Kill(step="onset_quickly.population", how="rename", where=".population.partial"),
    Kill(step="onset_quickly.covariates", how="parquet", where=".covariates.partial/values"),
    Kill(step="onset_quickly.covariates", how="rename", where=".covariates.partial"),
    Kill(step="onset_quickly.train", how="parquet", where=".train.partial/risks"),
    Kill(step="onset_quickly.train", how="rename", where=".train.partial"),
    Kill(step="onset_quickly.evaluate", how="parquet", where=".evaluate.partial/calibration"),
    Kill(step="onset_quickly.evaluate", how="rename", where=".evaluate.partial"),
    Kill(step="onset_quickly.audit", how="parquet", where=".audit.partial/fairness_audit"),
    Kill(step="onset_quickly.audit", how="rename", where=".audit.partial"),
    Kill(step="onset_quickly.characterise", how="rename", where=".characterise.partial"),
    Kill(step="onset_quickly.package", how="rename", where="packages/onset_quickly/."),
    Kill(step="onset_quickly.package", how="rename", where=".package.partial"),
    Kill(step="onset_quickly.predict", how="parquet", where=".predict.partial/prediction_reason"),
    Kill(step="onset_quickly.predict", how="rename", where=".predict.partial"),
    Kill(step="onset_quickly.results", how="rename", where=".onset_quickly.results.json.partial"),
    Kill(step="diabetes_treatment.pathways", how="parquet", where=".pathways.partial/person_path"),
    Kill(step="diabetes_treatment.pathways", how="rename", where=".pathways.partial"),
    Kill(
        step="diabetes_treatment.results",
        how="statement",
        where='insert into results."person_pathway"',
    ),
    Kill(step="marts", how="statement", where='insert into results."run_step"'),
    Kill(step="marts", how="rename", where=".marts.json.partial"),
    Kill(step="publish", how="rename", where=".writing"),
    Kill(step="publish", how="rename", where=".current.writing"),
)
# The new answer is published, but the step is not remembered: it is published once more beside it.
KILLED_AFTER_PUBLISHING = (
    Kill(step="publish", how="renamed", where=".current.writing"),
    Kill(step="publish", how="renamed", where=".again.writing"),
)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt that was killed, and how the workspace looked then."""

    kill: Kill
    said: Said
    ran: set[str]
    remembered: set[str]
    published: dict[str, pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """All attempts, and what the last one, left alone, published."""

    root: Path
    attempts: dict[Kill, Attempt]
    left_alone: Said
    ran_at_last: set[str]
    published: dict[str, pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """The answer of one CDM, found without interruption."""

    root: Path
    words: tuple[str, ...]
    published: dict[str, pl.DataFrame]


def words_of(study, root, seed):
    words = ("demo", "--persons", PERSONS, "--seed", seed, "-w", root, "--no-serve")
    return tuple(map(str, (*words, "--study", study, "--study", "diabetes_treatment")))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Two answers, each in a folder of its own: of the CDM before, and of the one after."""
    folder = tmp_path_factory.mktemp("undisturbed")
    study = folder / "onset_quickly.yaml"
    study.write_text(STUDY)
    words = [words_of(study, folder / f"seed-{seed}", seed) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as both:
        for said in both.map(lambda each: catchment(*each), words):
            worked(said)
    roots = [folder / f"seed-{seed}" for seed in (1, 2)]
    return tuple(
        Undisturbed(root=root, words=each, published=published_marts(root))
        for root, each in zip(roots, words, strict=True)
    )


def interrupt(undisturbed, folder, kills):
    """Run the second CDM in a copy of the first one's workspace, killed once for each of these."""
    before, after = undisturbed
    root = folder / "workspace"
    shutil.copytree(before.root, root)
    words = [str(root) if word == str(after.root) else word for word in after.words]
    attempts = {}
    for kill in kills:
        start = when_each_step_ended(root)
        said = killed(kill, words)
        end = when_each_step_ended(root)
        attempts[kill] = Attempt(
            kill=kill,
            said=said,
            ran=steps_that_ran(start, end),
            remembered=set(end),
            published=what_stands_published(root),
        )
    start = when_each_step_ended(root)
    left_alone = catchment(*words)
    return Interrupted(
        root=root,
        attempts=attempts,
        left_alone=left_alone,
        ran_at_last=steps_that_ran(start, when_each_step_ended(root)),
        published=what_stands_published(root),
    )


def what_stands_published(root):
    """The published marts; where they cannot be read whole, one that says why."""
    try:
        return published_marts(root)
    except (AssertionError, OSError, duckdb.Error) as error:
        return {"not whole": pl.DataFrame({"why": [str(error)]})}


def killed(kill, words):
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_at", kill.how, kill.where, *words],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=600,
    )
    return Said(exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr)


@pytest.fixture(scope="module")
def interrupted(undisturbed, tmp_path_factory):
    return interrupt(undisturbed, tmp_path_factory.mktemp("interrupted"), KILLS)


@pytest.fixture(scope="module")
def interrupted_often(undisturbed, tmp_path_factory):
    return interrupt(undisturbed, tmp_path_factory.mktemp("interrupted"), MORE_KILLS)


def was_killed_while_writing(interrupted, kill):
    """It died of SIGKILL in that writing, and its step counts as not done."""
    attempt = interrupted.attempts[kill]
    assert attempt.said.exit_code == -signal.SIGKILL, attempt.said.stderr
    assert SIGN in attempt.said.stderr
    assert kill.step not in attempt.remembered


def went_on_where_it_was_killed(interrupted, kill):
    """The attempt did what no earlier one had ended: from the step killed last to this one."""
    kills = list(interrupted.attempts)
    at = kills.index(kill)
    first = ORDER.index(kills[at - 1].step) if at else 0
    assert interrupted.attempts[kill].ran == set(ORDER[first : ORDER.index(kill.step)])


def same_marts(found, expected):
    assert set(found) == set(expected)
    for name, mart in expected.items():
        told, wanted = (frame.drop(MAY_DIFFER, strict=False) for frame in (found[name], mart))
        assert_frame_equal(told, wanted, check_row_order=False, check_exact=True)


def test_two_cdms_have_two_answers(undisturbed):
    """Else nothing below could fail."""
    before, after = undisturbed

    for name in ("risk_list", "model_performance", "treatment_pathway", "cohort_attrition"):
        assert after.published[name].height > 0
        with pytest.raises(AssertionError):
            same_marts({name: before.published[name]}, {name: after.published[name]})


@pytest.mark.parametrize("kill", KILLS, ids=str)
def test_a_step_killed_while_it_writes_is_not_taken_for_done(interrupted, kill):
    was_killed_while_writing(interrupted, kill)


@pytest.mark.parametrize("kill", KILLS, ids=str)
def test_the_command_goes_on_where_it_was_killed(interrupted, kill):
    went_on_where_it_was_killed(interrupted, kill)


@pytest.mark.parametrize("kill", KILLS, ids=str)
def test_the_answer_before_stands_published_whole(undisturbed, interrupted, kill):
    same_marts(interrupted.attempts[kill].published, undisturbed[0].published)


def test_the_run_that_is_left_alone_does_only_what_is_left(interrupted):
    worked(interrupted.left_alone)
    assert interrupted.ran_at_last == {"publish"}


def test_the_resumed_run_publishes_what_an_undisturbed_one_does(undisturbed, interrupted):
    same_marts(interrupted.published, undisturbed[1].published)


def test_nothing_half_written_is_left_lying_about(interrupted):
    assert half_written(interrupted.root) == []


def half_written(root):
    """Whatever is called as things are called while they are written; dbt keeps house itself."""
    return [
        str(path.relative_to(root))
        for path in root.rglob(".*")
        if "dbt" not in path.relative_to(root).parts
    ]


@pytest.mark.agreement
@pytest.mark.parametrize("kill", MORE_KILLS, ids=str)
def test_it_is_so_at_every_point_of_every_step(undisturbed, interrupted_often, kill):
    was_killed_while_writing(interrupted_often, kill)
    went_on_where_it_was_killed(interrupted_often, kill)
    same_marts(interrupted_often.attempts[kill].published, undisturbed[0].published)


@pytest.mark.agreement
def test_a_run_interrupted_everywhere_publishes_what_an_undisturbed_one_does(
    undisturbed, interrupted_often
):
    worked(interrupted_often.left_alone)
    assert interrupted_often.ran_at_last == {"publish"}
    same_marts(interrupted_often.published, undisturbed[1].published)
    assert half_written(interrupted_often.root) == []


@pytest.mark.agreement
def test_killed_just_after_publishing_the_new_answer_stands_and_is_published_again(
    undisturbed, tmp_path
):
    """The pointer names a whole folder at each moment, also when a run is published twice."""
    done = interrupt(undisturbed, tmp_path, KILLED_AFTER_PUBLISHING)

    for attempt in done.attempts.values():
        assert attempt.said.exit_code == -signal.SIGKILL
        same_marts(attempt.published, undisturbed[1].published)
    same_marts(done.published, undisturbed[1].published)
