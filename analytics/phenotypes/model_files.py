"""The files that one definition adds to a dbt project, as texts: model, its YAML, its concept sets.

The same definition gives the same files, so a change of a definition is a diff that can be read.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from analytics.phenotypes.compiler import (
    CompiledCohort,
    CompiledConceptSet,
    NamedConcept,
    agreed_concept_sets,
)
from analytics.phenotypes.entry_events import entry_events
from analytics.phenotypes.expression import CohortExpression
from analytics.phenotypes.normal_form import content_hash, normalised_json
from analytics.phenotypes.plain_text import plain_text
from analytics.phenotypes.words import describe_rules

MODELS = PurePosixPath("models/cohorts/from_definitions")
SEEDS = PurePosixPath("seeds/concept_sets/from_definitions")
DEFINITION, ATTRIBUTE = "definition", "attribute"
"""The domain under which a project lists concept sets of definitions, and values of attributes."""
MOST_NAMED = 5
"""Concepts that the description of a seed names."""
CRITERIA_GRAIN = "One row for each event that may open the cohort, with the rules it passes"
SEED_COLUMNS = (
    "concept_id",
    "concept_name",
    "include_descendants",
    "include_mapped",
    "is_excluded",
)


@dataclass(frozen=True, kw_only=True)
class NamedDefinition:
    """A definition with the name of its cohort, and the integer id that it came with, if any.

    `title` is what pages call the cohort, where its name does not say it (`New NSAID user`).
    """

    name: str
    definition_id: int | None
    expression: CohortExpression
    title: str | None = None


def definition_path(name: str) -> PurePosixPath:
    """Where a project keeps the definition of a cohort, in its agreed form."""
    return MODELS / f"cohort__{name}.json"


def cohort_files(named: NamedDefinition, compiled: CompiledCohort) -> Mapping[PurePosixPath, str]:
    """Each file of a cohort and its text; paths are relative to the dbt project."""
    model = MODELS / f"cohort__{named.name}"
    return {
        **{MODELS / f"{each.name}.sql": each.sql for each in compiled.models},
        model.with_suffix(".yml"): model_yaml(named, compiled),
        definition_path(named.name): normalised_json(named.expression),
        MODELS / f"{compiled.criteria.name}.sql": compiled.criteria.sql,
    }


def seed_files(concept_sets: Iterable[CompiledConceptSet]) -> Mapping[PurePosixPath, str]:
    """The seed of each concept set and its YAML, and their texts; equal sets have one seed.

    Neither the order of the concept sets nor what definitions call them changes a text.
    """
    files = {}
    for concept_set in agreed_concept_sets(concept_sets).values():
        seed = SEEDS / concept_set.name
        files[seed.with_suffix(".csv")] = seed_csv(concept_set)
        files[seed.with_suffix(".yml")] = seed_yaml(concept_set)
    return files


def seed_csv(concept_set: CompiledConceptSet) -> str:
    """A concept set as a seed: one row for each concept and what comes or goes with it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SEED_COLUMNS)
    for concept in concept_set.concepts:
        flags = (concept.include_descendants, concept.include_mapped, concept.is_excluded)
        shown = ("true" if flag else "false" for flag in flags)
        writer.writerow((concept.concept_id, concept.concept_name, *shown))
    return text.getvalue()


def read_seed(name: str, text: str) -> CompiledConceptSet:
    """The concept set that a seed holds, as far as the seed tells."""
    rows = csv.DictReader(io.StringIO(text))
    concepts = tuple(
        NamedConcept(
            concept_id=int(row["concept_id"]),
            concept_name=row["concept_name"],
            include_descendants=row["include_descendants"] == "true",
            include_mapped=row["include_mapped"] == "true",
            is_excluded=row["is_excluded"] == "true",
        )
        for row in rows
    )
    return CompiledConceptSet(name=name, title="", concepts=concepts)


def seed_yaml(concept_set: CompiledConceptSet) -> str:
    """What dbt's docs say of a concept set."""
    kind = "Values of an attribute" if concept_set.is_attribute else "Concept set of definitions"
    named = [each.concept_name or str(each.concept_id) for each in concept_set.concepts]
    more = len(named) - MOST_NAMED
    shown = ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return "\n".join(
        [
            "version: 2",
            "",
            "seeds:",
            f"  - name: {concept_set.name}",
            f"    description: {_quoted(f'{kind}: {shown}.')}",
            "",
        ]
    )


def model_yaml(named: NamedDefinition, compiled: CompiledCohort) -> str:
    """Grain, tests and words of a cohort's model."""
    grain = f"One row for each person and span of days in the cohort: {compiled.title}."
    described = f"{grain}\n\n{describe_rules(named.expression)}"
    concept_sets = [
        f"          {concept_set.name}: {_listed_as(concept_set)}"
        for concept_set in compiled.concept_sets
    ]
    opening = [
        f"          - {{table: {event.table}, concept_set: {_quoted(event.concept_set)}}}"
        for event in entry_events(named.expression)
    ]
    definition_id = [] if named.definition_id is None else [named.definition_id]
    return "\n".join(
        [
            "version: 2",
            "",
            "models:",
            f"  - name: cohort__{named.name}",
            "    description: |",
            *_block(described, 6),
            "    config:",
            "      meta:",
            *(f"        title: {_quoted(title)}" for title in [named.title] if title),
            *(f"        cohort_definition_id: {number}" for number in definition_id),
            f"        definition_sha256: {content_hash(named.expression)}",
            "        concept_sets:" + ("" if concept_sets else " {}"),
            *concept_sets,
            "        entry_events:" + ("" if opening else " []"),
            *opening,
            *_TESTS,
            *(_INSIDE_OBSERVATION if _ends_where_observed(named.expression) else []),
            *_COLUMNS,
            "",
            f"  - name: {compiled.criteria.name}",
            f"    description: {_quoted(f'{CRITERIA_GRAIN}: {compiled.title}.')}",
            *_CRITERIA,
            "",
        ]
    )


def _listed_as(concept_set: CompiledConceptSet) -> str:
    return ATTRIBUTE if concept_set.is_attribute else DEFINITION


def _ends_where_observed(expression: CohortExpression) -> bool:
    """Whether each period starts and ends on an observed day.

    A censor window can cut a period that bridges two observation periods between the two.
    """
    window = expression.censor_window
    is_cut = window is not None and (window.start_date or window.end_date) is not None
    return not is_cut or expression.collapse_settings.era_pad == 0


def _block(text: str, indent: int) -> list[str]:
    """A text as the lines of a YAML block."""
    lines = plain_text(text).strip().splitlines()
    return [f"{' ' * indent}{line}".rstrip() for line in lines]


def _quoted(text: str) -> str:
    return json.dumps(plain_text(text), ensure_ascii=False)


_TESTS = """\
    data_tests:
      - never_null:
          arguments:
            columns: [person_id, cohort_start_date, cohort_end_date]
      - one_row_for_each:
          arguments:
            columns: [person_id, cohort_start_date]
      - never_after:
          arguments:
            first: cohort_start_date
            second: cohort_end_date""".splitlines()
_INSIDE_OBSERVATION = """\
      - observed_on:
          arguments:
            days: [cohort_start_date, cohort_end_date]""".splitlines()
_COLUMNS = """\
    columns:
      - name: person_id
        description: "The person."
      - name: cohort_start_date
        description: "First day in the cohort."
      - name: cohort_end_date
        description: "Last day in the cohort.\"""".splitlines()
_CRITERIA = """\
    data_tests:
      - never_null:
          arguments:
            columns: [person_id, n_rules_passed, is_best_event]
    columns:
      - name: person_id
        description: "The person."
      - name: start_date
        description: "First day of the event."
      - name: end_date
        description: "Last day of the event."
      - name: n_rules_passed
        description: "Rules passed in order after the first, which all pass."
      - name: is_best_event
        description: "Whether it is the one of its person that meets most.\"""".splitlines()
