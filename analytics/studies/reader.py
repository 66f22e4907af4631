"""Read a study's YAML file, and say everything that is wrong with it at once."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, RootModel

from analytics.definition_files import read_definition
from analytics.errors import BadInputError, near_miss
from analytics.studies.pathway_study import PathwayStudy
from analytics.studies.study import Study

DEFINITIONS = Path(__file__).resolve().parent / "definitions"
KINDS: dict[str, type[BaseModel]] = {"prediction": Study, "pathway": PathwayStudy}


class _AnyStudy(RootModel[Annotated[Study | PathwayStudy, Field(discriminator="kind")]]):
    """A study of either kind, told apart by its `kind`."""


def load_study(name_or_path: str | Path) -> Study | PathwayStudy:
    """Read a shipped study by its name, or any study by the path of its YAML file.

    Raises one `BadInputError` that names every fault: file, field, value, and what was
    probably meant.
    """
    path = _study_path(name_or_path)
    return read_definition(path, _AnyStudy, KINDS).root


def list_studies() -> list[str]:
    """Names of the studies that ship with Catchment, in alphabetical order."""
    return sorted(path.stem for path in DEFINITIONS.glob("*.yaml"))


def study_json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of a study file, for editors that complete and check YAML."""
    schema: dict[str, object] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
    return schema | _AnyStudy.model_json_schema() | {"title": "Catchment study"}


def study_schema_text() -> str:
    """The text of `definitions/study.schema.json`, which a test holds equal to the models."""
    return json.dumps(study_json_schema(), indent=2) + "\n"


def check_cohorts(study: Study | PathwayStudy, known: Iterable[str]) -> None:
    """Raise unless each cohort the study names is one of `known`."""
    cohorts = sorted(known)
    asked = {"target": study.target}
    if isinstance(study, Study):
        asked["outcome"] = study.outcome
    else:
        of_events = {event.event: event.cohort for event in study.events if event.cohort}
        of_exits = {end.event: end.cohort for end in study.exits}
        asked |= {f"event '{name}':": cohort for name, cohort in (of_events | of_exits).items()}
    lines = [
        f"{study.name}.yaml: {role} cohort '{name}' does not exist.{near_miss(name, cohorts)} "
        "Cohorts are the files in dbt_project/models/cohorts/."
        for role, name in asked.items()
        if name not in cohorts
    ]
    if lines:
        raise BadInputError("\n".join(lines))


def check_concept_sets(study: PathwayStudy, known: Iterable[str]) -> None:
    """Raise unless each concept set the events name is one of `known`."""
    concept_sets = sorted(known)
    lines = [
        f"{study.name}.yaml: concept set '{event.concept_set}' of event '{event.event}' does not "
        f"exist.{near_miss(event.concept_set, concept_sets)} "
        "Concept sets are the files in dbt_project/seeds/concept_sets/."
        for event in study.events
        if event.concept_set is not None and event.concept_set not in concept_sets
    ]
    if lines:
        raise BadInputError("\n".join(lines))


def _study_path(name_or_path: str | Path) -> Path:
    shipped = DEFINITIONS / f"{name_or_path}.yaml"
    if shipped.parent == DEFINITIONS and shipped.is_file():
        return shipped
    path = Path(name_or_path)
    if path.is_file():
        return path
    names = list_studies()
    raise BadInputError(
        f"study '{name_or_path}' does not exist: it is neither a shipped study nor a file."
        f"{near_miss(str(name_or_path), names)} "
        f"Shipped studies: {', '.join(names)}. Or give the path of a study's YAML file."
    )
