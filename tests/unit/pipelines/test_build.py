"""What a build does again: the tables that changed, or everything."""

import pytest

from analytics.pipelines.build import _changed_tables, _same_but_for_rows
from analytics.pipelines.steps import Runner, Step, StepResult

BEFORE = {"table:person": "a", "table:death": "b", "table:note": "absent", "code": "1"}


@pytest.fixture
def runner(tmp_path):
    """A runner that remembers to have landed BEFORE."""
    landed = Runner(tmp_path)
    landed.run(Step(name="land", title="Land", inputs=BEFORE, do=StepResult))
    return landed


def changed(runner, **differing):
    now = BEFORE | {name.replace("table_", "table:"): key for name, key in differing.items()}
    return _changed_tables(runner, "land", now)


def test_only_tables_whose_content_changed_are_done_again(runner):
    assert changed(runner, table_death="c") == ["death"]
    assert sorted(changed(runner, table_death="c", table_person="d")) == ["death", "person"]
    assert changed(runner) == []


def test_with_new_code_everything_is_done_again(runner):
    assert changed(runner, code="2") is None
    assert changed(runner, code="2", table_death="c") is None


def test_when_a_table_comes_or_goes_everything_is_done_again(runner):
    """Which tables a CDM has is itself something that models read."""
    assert changed(runner, table_note="e") is None
    assert changed(runner, table_death="absent") is None


def test_dbt_compiles_again_when_more_differs_than_rows():
    assert _same_but_for_rows(BEFORE, BEFORE | {"table:person": "z"})
    assert not _same_but_for_rows(BEFORE, BEFORE | {"code": "2"})
    assert not _same_but_for_rows(BEFORE, BEFORE | {"table:note": "e"})
    assert not _same_but_for_rows(BEFORE, {"table:person": "a"})


def test_what_was_never_done_is_done_whole(runner):
    assert _changed_tables(runner, "cohort_layer", BEFORE) is None
    assert _changed_tables(runner, "land", {"table:person": "a", "code": "1"}) is None
