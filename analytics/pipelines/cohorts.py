"""The cohorts of a dbt project: which there are, what their definitions say, how two differ."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml

from analytics.errors import BadInputError, near_miss
from analytics.phenotypes import describe, difference_in_words, read_definition_file
from analytics.phenotypes.expression import CohortExpression

COHORTS = PurePosixPath("models/cohorts")
PROJECT_FILE = "dbt_project.yml"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe as the plain one, and ten times as fast: a project may have hundreds of cohorts."""


@dataclass(frozen=True, kw_only=True)
class KnownCohort:
    """A cohort of a project; `definition_id` and `definition` where it comes from a definition."""

    name: str
    says: str
    definition_id: int | None = None
    definition: Path | None = None


def list_cohorts(project: Path) -> list[KnownCohort]:
    """The cohorts of a dbt project by name, written by hand or added from definitions."""
    check_project(project)
    return sorted(
        (_known(path) for path in (project / COHORTS).rglob("cohort__*.sql")),
        key=lambda cohort: cohort.name,
    )


def describe_cohort(name_or_file: str, project: Path) -> str:
    """The definition of a cohort of the project, or in a file, in plain words."""
    return describe(read_either(name_or_file, project))


def compare_definitions(old: str, new: str, project: Path) -> str:
    """What changed from one definition to another, in words; each a file or a cohort's name."""
    return difference_in_words(read_either(old, project), read_either(new, project))


def read_either(name_or_file: str, project: Path) -> CohortExpression:
    """The definition of a cohort of the project, or in a file."""
    path = Path(name_or_file)
    if path.is_file() or path.suffix == ".json":
        return read_definition_file(path)
    known = {cohort.name: cohort for cohort in list_cohorts(project)}
    cohort = known.get(name_or_file)
    if cohort is None:
        raise BadInputError(
            f"cohort '{name_or_file}' does not exist: it is neither a cohort of {project} nor a "
            f"file.{near_miss(name_or_file, known)} See: catchment cohorts list"
        )
    if cohort.definition is None:
        raise BadInputError(
            f"cohort '{name_or_file}' is written by hand and has no definition. It says of itself: "
            f"{cohort.says}"
        )
    return read_definition_file(cohort.definition)


def _known(model: Path) -> KnownCohort:
    name = model.stem.removeprefix("cohort__")
    definition = model.with_suffix(".json")
    properties = model.with_suffix(".yml")
    number = model_meta(properties).get("cohort_definition_id") if properties.is_file() else None
    return KnownCohort(
        name=name,
        says=_header(model),
        definition_id=number if isinstance(number, int) else None,
        definition=definition if definition.is_file() else None,
    )


def _header(model: Path) -> str:
    """What the comment on top of a model says."""
    said = []
    for line in model.read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            break
        said.append(line.removeprefix("--").strip())
    return " ".join(said)


def model_meta(properties: Path) -> dict[str, object]:
    """What the YAML of an added cohort keeps of it: id, hash of the definition, concept sets."""
    found = yaml.load(properties.read_text(encoding="utf-8"), Loader=LOADER)
    return dict(found["models"][0]["config"]["meta"])


def check_project(project: Path) -> None:
    """Raise BadInputError where there is no dbt project."""
    if not (project / PROJECT_FILE).is_file():
        raise BadInputError(
            f"{project} is no dbt project: it has no {PROJECT_FILE}. "
            "Run this where dbt_project/ lies, or say where it is: --project FOLDER"
        )
