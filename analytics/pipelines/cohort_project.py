"""A dbt project that lasts as long as a command: staging, concept sets and models of some cohorts.

Its models are those that `cohorts add` writes; all concept sets stand in one seed, and everything
is built in one schema.
"""

import csv
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from analytics.phenotypes.compiler import CompiledCohort, CompiledConceptSet
from analytics.phenotypes.model_files import ATTRIBUTE, DEFINITION, MODELS
from analytics.settings import house_root
from analytics.warehouse.cohort_warehouse import CohortWarehouse

REFERENCE = re.compile(r"ref\('([^']+)'\)")
STAGING = "stg_omop__"
SOURCES = "_omop__sources.yml"
TEXT = "{{ 'string' if target.type == 'spark' else 'varchar' }}"
VOCABULARY = ("concept", "concept_ancestor", "concept_relationship")
"""Tables that concept sets are resolved with."""
MOST_NAMED = 5
PLANNED = {"+pre-hook": "{{ plan_for_many() }}"}
COUNTED = {"+post-hook": "{{ gather_statistics(this) }}"}
CONCEPT_SET = {
    "concept_set": TEXT,
    "domain": TEXT,
    "concept_id": "bigint",
    "include_descendants": "boolean",
    "include_mapped": "boolean",
    "is_excluded": "boolean",
    "is_attribute": "boolean",
}


def cohort_models(cohort: CompiledCohort) -> Mapping[str, str]:
    """The text of each model that the rows of a cohort hang on, by name, its own among them."""
    texts = {model.name: model.sql for model in cohort.models}
    needed = [cohort.one_model.name]
    for name in needed:
        needed += [
            each for each in models_read(texts[name]) if each in texts and each not in needed
        ]
    return {name: texts[name] for name in needed}


def models_read(text: str) -> Sequence[str]:
    """The models that a model reads, in the order of their first mention."""
    return list(dict.fromkeys(REFERENCE.findall(text)))


def cdm_tables_read(cohorts: Sequence[CompiledCohort]) -> frozenset[str]:
    """The tables of the CDM that cohorts and the resolving of their concept sets read."""
    texts = (text for cohort in cohorts for text in cohort_models(cohort).values())
    read = {name for text in texts for name in models_read(text) if name.startswith(STAGING)}
    return frozenset(name.removeprefix(STAGING) for name in read) | set(VOCABULARY)


def write_cohort_project(
    folder: Path, cohorts: Sequence[CompiledCohort], warehouse: CohortWarehouse
) -> None:
    """Write the project of these cohorts, with the profile of the warehouse, into a new folder."""
    house = house_root() / "dbt_project"
    shutil.copytree(house / "macros", folder / "macros")
    staging = folder / "models" / "staging"
    staging.mkdir(parents=True)
    for table in sorted(cdm_tables_read(cohorts)):
        shutil.copy(house / "models" / "staging" / f"{STAGING}{table}.sql", staging)
    _write_yaml(staging / SOURCES, _sources_without_tests(house / "models" / "staging" / SOURCES))
    vocabulary = folder / "models" / "vocabulary"
    vocabulary.mkdir()
    shutil.copy(house / "models" / "vocabulary" / "concept_set_members.sql", vocabulary)
    models = folder / MODELS
    models.mkdir(parents=True)
    for cohort in cohorts:
        for name, text in cohort_models(cohort).items():
            (models / f"{name}.sql").write_text(text, encoding="utf-8")
    _write_concept_sets(folder / "seeds" / "concept_set.csv", cohorts)
    _write_yaml(folder / "dbt_project.yml", _settings(warehouse))
    profile = {"target": "here", "outputs": {"here": dict(warehouse.profile())}}
    _write_yaml(folder / "profiles.yml", {"catchment": profile})


def note_of_unknown_concepts(warehouse: CohortWarehouse) -> str:
    """A sentence on concepts that the sets name and the CDM's vocabulary lacks; empty for none.

    Nothing is found by them. Asked of a project that was built.
    """
    schema = warehouse.schema
    found = warehouse.rows(
        f"select distinct named.concept_id, named.concept_set from {schema}.concept_set as named "
        f"left join {schema}.{STAGING}concept as known on named.concept_id = known.concept_id "
        f"where named.domain = '{DEFINITION}' and known.concept_id is null order by 1, 2"
    )
    if not found:
        return ""
    first = ", ".join(f"{concept} (in {name})" for concept, name in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else ""
    return f"Not in this CDM's vocabulary, so that nothing is found by them: {first}{more}."


def _write_concept_sets(path: Path, cohorts: Sequence[CompiledCohort]) -> None:
    """One row for each concept set and concept that it names; equal sets stand there once."""
    concept_sets = {each.name: each for cohort in cohorts for each in cohort.concept_sets}
    path.parent.mkdir()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CONCEPT_SET)
        for name in sorted(concept_sets):
            writer.writerows(_rows(concept_sets[name]))


def _rows(concept_set: CompiledConceptSet) -> list[tuple[str | int, ...]]:
    rows = {
        (
            concept_set.name,
            ATTRIBUTE if concept_set.is_attribute else DEFINITION,
            concept.concept_id,
            _flag(concept.include_descendants),
            _flag(concept.include_mapped),
            _flag(concept.is_excluded),
            _flag(concept_set.is_attribute),
        )
        for concept in concept_set.concepts
    }
    return sorted(rows)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _sources_without_tests(path: Path) -> Mapping[str, object]:
    """The CDM's tables; whether they keep their contracts is asked elsewhere."""
    content = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    for source in content["sources"]:
        for table in source["tables"]:
            table.pop("data_tests", None)
    return content


def _settings(warehouse: CohortWarehouse) -> Mapping[str, object]:
    return {
        "name": "catchment",
        "version": "1.0.0",
        "config-version": 2,
        "profile": "catchment",
        "flags": {"send_anonymous_usage_stats": False, "use_colors": False},
        "vars": {"cdm_schema": warehouse.cdm_schema, "cohorts": [], "concept_sets": {}},
        "seeds": {"catchment": {"+column_types": {**CONCEPT_SET}, **COUNTED}},
        "models": {
            "catchment": {
                "staging": {"+materialized": "view"},
                "vocabulary": {"+materialized": "table", **PLANNED, **COUNTED},
                "cohorts": {"+materialized": "table", **PLANNED, **COUNTED},
            }
        },
    }


def _write_yaml(path: Path, value: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump(dict(value), sort_keys=False), encoding="utf-8")
