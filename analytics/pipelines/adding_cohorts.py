"""Add cohort definitions to a dbt project: all of them, or, where one is at fault, none."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from analytics.errors import BadInputError
from analytics.phenotypes import normalised_json, read_definition_file
from analytics.phenotypes.compiler import compile_cohort
from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.model_files import (
    ATTRIBUTE,
    DEFINITION,
    MODELS,
    SEEDS,
    NamedDefinition,
    cohort_files,
)
from analytics.phenotypes.project_lists import with_cohort, with_concept_sets
from analytics.pipelines.cohorts import (
    PROJECT_FILE,
    KnownCohort,
    check_project,
    list_cohorts,
    model_meta,
)
from analytics.pipelines.steps import write_aside

INTEGER = re.compile(r"-?\d+")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class AddedCohort:
    """What adding a definition did: `status` is added, replaced or unchanged."""

    name: str
    status: str
    n_parts: int
    concept_sets: tuple[str, ...]


def add_definitions(
    source: Path, *, project: Path, name: str | None = None, replaces: bool = False
) -> list[AddedCohort]:
    """Write the model, the words and the concept sets of one definition, or of all in a folder.

    Nothing is written when one of them cannot be read, or would take the place of another cohort:
    the one `BadInputError` names each. `replaces` lets a definition take the place of an earlier
    one of its name; a cohort written by hand is never replaced.
    """
    check_project(project)
    definitions = _read_all(source, name)
    known = {cohort.name: cohort for cohort in list_cohorts(project)}
    _check_names(definitions, known, replaces)
    added: list[AddedCohort] = []
    files: dict[PurePosixPath, str] = {}
    for path, named in definitions.items():
        title = (named.expression.title or "").strip() or named.name.replace("_", " ")
        try:
            compiled = compile_cohort(named.expression, name=named.name, title=title)
        except BadInputError as error:
            raise BadInputError(f"{path.name}: {error}") from None
        files.update(cohort_files(named, compiled))
        added.append(
            AddedCohort(
                name=named.name,
                status=_status(named, known.get(named.name)),
                n_parts=len(compiled.ctes),
                concept_sets=tuple(each.name for each in compiled.concept_sets),
            )
        )
    _remove_criteria(project, [cohort.name for cohort in added], files)
    _write(project, files)
    _bring_lists_up_to_date(project, [cohort.name for cohort in added])
    return added


def _read_all(source: Path, name: str | None) -> dict[Path, NamedDefinition]:
    if not source.exists():
        raise BadInputError(f"{source} does not exist: hand in a definition, or a folder of them.")
    paths = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not paths:
        raise BadInputError(f"{source} holds no definition: no file in it ends in .json.")
    if name is not None and source.is_dir():
        raise BadInputError(
            f"--name {name} names one cohort, but {source} is a folder. Leave --name out: "
            "each cohort is then named after its file."
        )
    definitions, faults = {}, []
    for path in paths:
        try:
            definitions[path] = NamedDefinition(
                name=_cohort_name(path, name),
                definition_id=_definition_id(path),
                expression=read_definition_file(path),
            )
        except BadInputError as error:
            faults.append(str(error))
    if faults:
        raise BadInputError("\n".join(faults))
    return definitions


def _cohort_name(path: Path, name: str | None) -> str:
    if name is None:
        minus = "minus_" if INTEGER.fullmatch(path.stem) and path.stem.startswith("-") else ""
        made = slug(path.stem)
        if not made:
            raise BadInputError(f"{path.name} makes no name for a cohort. Give one: --name NAME")
        return minus + made
    if slug(name) != name:
        raise BadInputError(
            f"--name {name!r} may only have lower-case letters, digits and single underscores, up "
            f"to 48 of them. Did you mean {slug(name) or 'cohort'!r}?"
        )
    return name


def _definition_id(path: Path) -> int | None:
    """The id that an integer file name is."""
    if not INTEGER.fullmatch(path.stem):
        return None
    number = int(path.stem)
    if not -LARGEST_ID - 1 <= number <= LARGEST_ID:
        raise BadInputError(f"{path.name}: the id {number} does not fit into 64 bits.")
    return number


def _check_names(
    definitions: Mapping[Path, NamedDefinition], known: Mapping[str, KnownCohort], replaces: bool
) -> None:
    faults = []
    first_of: dict[str, Path] = {}
    for path, named in definitions.items():
        other = first_of.setdefault(named.name, path)
        present = known.get(named.name)
        if other != path:
            faults.append(
                f"{other.name} and {path.name} would both be cohort '{named.name}'. "
                "Rename one of the files, or add it by itself with --name."
            )
        elif present is not None and present.definition is None:
            faults.append(
                f"{path.name}: cohort '{named.name}' exists and is written by hand. "
                "Give another name: --name NAME"
            )
        elif present is not None and not replaces and _status(named, present) == "replaced":
            faults.append(
                f"{path.name}: cohort '{named.name}' exists with another definition. Give another "
                "name (--name NAME), or let it take that one's place (--replace)."
            )
    if faults:
        raise BadInputError("\n".join(faults))


def _status(named: NamedDefinition, present: KnownCohort | None) -> str:
    if present is None or present.definition is None:
        return "added"
    same_text = present.definition.read_text(encoding="utf-8") == normalised_json(named.expression)
    same_id = present.definition_id == named.definition_id
    return "unchanged" if same_text and same_id else "replaced"


def _remove_criteria(
    project: Path, names: Iterable[str], files: Mapping[PurePosixPath, str]
) -> None:
    """Remove the models of single criteria that these cohorts had and have no more."""
    for name in names:
        for path in (project / MODELS).glob(f"criterion__{name}__*.sql"):
            if MODELS / path.name not in files:
                path.unlink()


def _write(project: Path, files: Mapping[PurePosixPath, str]) -> None:
    for name, text in files.items():
        path = project / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_aside(path, text)


def _bring_lists_up_to_date(project: Path, names: Iterable[str]) -> None:
    """List the added cohorts and all concept sets in use; remove seeds that no cohort uses."""
    in_use: dict[str, str] = {}
    for path in sorted((project / MODELS).glob("cohort__*.yml")):
        listed = model_meta(path).get("concept_sets")
        in_use |= listed if isinstance(listed, dict) else {}
    for seed in (project / SEEDS).glob("*"):
        if seed.stem not in in_use:
            seed.unlink()
    listing = project / PROJECT_FILE
    before = listing.read_text(encoding="utf-8")
    text = with_concept_sets(before, in_use, frozenset({DEFINITION, ATTRIBUTE}))
    for name in names:
        text = with_cohort(text, name)
    if text != before:
        write_aside(listing, text)
