"""What a model hangs on: its text, its tables, the members of its own concept sets; no more."""

from dataclasses import replace

import pytest

from analytics.pipelines.model_keys import Content, model_keys, upstream
from analytics.warehouse.dbt_graph import DbtNode


def node(name, *parents, kind="model", concept_sets=(), path="models/cohorts/x.sql"):
    return DbtNode(
        unique_id=name,
        name=name,
        kind=kind,
        path=path,
        parents=parents,
        text="" if kind == "source" else f"text of {name}",
        concept_sets=concept_sets,
    )


GRAPH = {
    each.unique_id: each
    for each in (
        node("condition_occurrence", kind="source"),
        node("drug_exposure", kind="source"),
        node("concept_ancestor", kind="source"),
        node("diabetes", kind="seed"),
        node("concept_set_members", "diabetes", "concept_ancestor", path="models/vocabulary/m.sql"),
        node("stg_condition", "condition_occurrence"),
        node("stg_drug", "drug_exposure"),
        node(
            "cohort__diabetes", "stg_condition", "concept_set_members", concept_sets=("diabetes",)
        ),
        node("cohort__nsaid", "stg_drug", "concept_set_members", concept_sets=("nsaid",)),
        node("cohort__anyone", "stg_condition"),
        node("eras", "stg_drug", "concept_set_members"),
        node("cohort", "cohort__diabetes", "cohort__nsaid", "cohort__anyone"),
        node("no_null", "cohort__nsaid", kind="test"),
    )
}
CONTENT = Content(
    sources={"condition_occurrence": "1", "drug_exposure": "1", "concept_ancestor": "1"},
    members={"diabetes": "a", "nsaid": "b", "other": "c"},
    vocabulary_version="v5",
)


def changed(graph=GRAPH, content=CONTENT):
    """The nodes whose key is another than before."""
    before, after = model_keys(GRAPH, CONTENT), model_keys(graph, content)
    return {name for name, key in after.items() if before[name] != key}


def with_text(name):
    return GRAPH | {name: replace(GRAPH[name], text="another")}


def test_nothing_changed_is_nothing_to_do():
    assert changed() == set()


def test_a_changed_cohort_changes_itself_and_what_is_made_of_it():
    assert changed(with_text("cohort__nsaid")) == {"cohort__nsaid", "cohort", "no_null"}


def test_a_changed_table_changes_who_reads_it():
    content = replace(CONTENT, sources=dict(CONTENT.sources) | {"drug_exposure": "2"})

    assert changed(content=content) == {
        *("drug_exposure", "stg_drug", "cohort__nsaid", "eras", "cohort", "no_null")
    }


@pytest.mark.parametrize(
    ("concept_set", "cohorts"),
    [("diabetes", {"cohort__diabetes"}), ("nsaid", {"cohort__nsaid", "no_null"}), ("other", set())],
)
def test_other_members_change_who_asks_for_their_set_and_who_asks_for_any(concept_set, cohorts):
    content = replace(CONTENT, members=dict(CONTENT.members) | {concept_set: "z"})
    made_of_cohorts = {"cohort"} if cohorts else set()

    assert changed(content=content) == {*cohorts, *made_of_cohorts, "eras"}


def test_hierarchies_that_change_no_member_change_no_cohort():
    content = replace(CONTENT, sources=dict(CONTENT.sources) | {"concept_ancestor": "2"})

    assert changed(content=content) == {"concept_ancestor", "concept_set_members"}


def test_another_version_of_the_vocabulary_changes_whoever_reads_concept_sets():
    content = replace(CONTENT, vocabulary_version="v6")

    assert changed(content=content) == {
        *("cohort__diabetes", "cohort__nsaid", "eras", "cohort", "no_null")
    }


def test_what_lies_above_a_model_can_be_cut_off():
    assert upstream(GRAPH, "cohort__anyone") == [
        *("condition_occurrence", "stg_condition", "cohort__anyone")
    ]
    assert upstream(GRAPH, "cohort__diabetes", without={"concept_set_members"}) == [
        *("condition_occurrence", "stg_condition", "cohort__diabetes")
    ]
