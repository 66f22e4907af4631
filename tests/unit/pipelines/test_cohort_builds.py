"""Why a cohort is built anew, and how a build says so."""

from dataclasses import replace

import pytest

from analytics.pipelines.cohort_builds import told, why
from analytics.warehouse.build_records import CohortBuild, TableMark

PERSON = TableMark(n_rows=3, fingerprint="p")
BEFORE = CohortBuild(
    cohort_name="diabetes",
    definition_sha256="d",
    model_sha256="m",
    concept_sets_sha256="c",
    cdm_name="CDM",
    cdm_release_date="2024-12-31",
    vocabulary_version="v5",
    tables={"person": PERSON, "visit_occurrence": PERSON},
    built_from={"admission": "k"},
    compiler_version="1",
    built_at="2025-01-01T00:00:00",
    reason="first build",
    is_reused=False,
)


def changed(**now):
    return why(BEFORE, replace(BEFORE, **now))


def test_a_cohort_that_was_never_built_is_built_first():
    assert why(None, BEFORE) == "first build"


def test_nothing_changed_is_no_reason():
    assert changed(compiler_version="2", cdm_release_date="2025-06-30", built_at="later") == ""


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"definition_sha256": "e", "model_sha256": "n"}, "the definition changed"),
        ({"definition_sha256": "e", "concept_sets_sha256": "x"}, "the definition changed"),
        ({"model_sha256": "n"}, "the compiler changed"),
        ({"concept_sets_sha256": "x"}, "the vocabulary changed"),
        ({"vocabulary_version": "v6"}, "the vocabulary changed"),
        (
            {"tables": {"person": replace(PERSON, n_rows=4), "visit_occurrence": PERSON}},
            "the CDM's person changed",
        ),
        ({"built_from": {"admission": "l"}}, "admission, which it is built from, changed"),
        (
            {"vocabulary_version": "v6", "tables": {"person": replace(PERSON, fingerprint="q")}},
            "the vocabulary changed; the CDM's person changed",
        ),
    ],
)
def test_what_changed_is_named(now, reason):
    assert changed(**now) == reason


def test_a_table_that_somebody_dropped_is_built_again():
    assert why(BEFORE, BEFORE, is_gone=True) == "its table was gone"


def test_a_build_counts_who_was_reused_and_names_who_was_built():
    reused = replace(BEFORE, is_reused=True)

    assert told([reused, replace(reused, cohort_name="nsaid"), BEFORE]) == (
        "2 cohorts reused: nothing they hang on changed",
        "diabetes built: first build",
    )


def test_many_cohorts_built_for_one_reason_share_a_line():
    many = [replace(BEFORE, cohort_name=f"c{number}") for number in range(11)]

    assert told([*many, replace(BEFORE, reason="the definition changed")]) == (
        "11 cohorts built: first build",
        "diabetes built: the definition changed",
    )
