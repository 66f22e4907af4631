"""What a build says of added definitions whose concepts or tables the CDM lacks; it goes on."""

import re
from collections.abc import Iterator, Sequence

from analytics.phenotypes.model_files import MODELS
from analytics.warehouse import Workspace
from analytics.warehouse.cohort_gaps import UnknownConcept, absent_tables, unknown_concepts

REFERENCE = re.compile(r"ref\('([^']+)'\)")
STAGING = "stg_omop__"
MOST_SHOWN = 10


def definition_notes(place: Workspace) -> tuple[str, ...]:
    """One line for each concept that the vocabulary lacks, and for each table that the CDM lacks.

    Both find nobody, as in OHDSI's own engine. A line names the concept and its set, or the table
    and the cohorts that read it.
    """
    unknown = unknown_concepts(place)
    lines = [_of_concept(each) for each in unknown[:MOST_SHOWN]]
    if len(unknown) > MOST_SHOWN:
        lines.append(
            f"{len(unknown) - MOST_SHOWN} more concepts of concept sets are not in the vocabulary; "
            "all of them: vocabulary.unknown_concept"
        )
    return (*lines, *_of_tables(place))


def _of_concept(unknown: UnknownConcept) -> str:
    name = unknown.concept_name or "without a name"
    return (
        f"Concept set {unknown.concept_set} names concept {unknown.concept_id} ({name}), which "
        "the vocabulary of this CDM lacks: nothing is found by it."
    )


def _of_tables(place: Workspace) -> Iterator[str]:
    absent = absent_tables(place)
    readers: dict[str, list[str]] = {}
    for cohort, tables in _tables_read(place):
        for table in sorted(absent & tables):
            readers.setdefault(table, []).append(cohort)
    for table, cohorts in sorted(readers.items()):
        yield (
            f"This CDM has no table {table}, which {_listed(cohorts)} "
            f"read{'s' * (len(cohorts) == 1)}: nothing is found there."
        )


def _tables_read(place: Workspace) -> Iterator[tuple[str, frozenset[str]]]:
    """Each added cohort with the tables of the CDM that its models read."""
    folder = place.dbt / MODELS
    for definition in sorted(folder.glob("cohort__*.json")):
        models, tables = [definition.stem], set()
        for model in models:
            for name in REFERENCE.findall((folder / f"{model}.sql").read_text(encoding="utf-8")):
                if name.startswith(STAGING):
                    tables.add(name.removeprefix(STAGING))
                elif name not in models and (folder / f"{name}.sql").is_file():
                    models.append(name)
        yield definition.stem.removeprefix("cohort__"), frozenset(tables)


def _listed(cohorts: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in cohorts[:MOST_SHOWN])
    more = len(cohorts) - MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
