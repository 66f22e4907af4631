"""Definition files with the names and ids that they give their cohorts, and their models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadInputError
from analytics.phenotypes import read_definition_file
from analytics.phenotypes.compiler import CompiledCohort, compile_cohort
from analytics.phenotypes.compiler.naming import slug
from analytics.phenotypes.model_files import NamedDefinition

INTEGER = re.compile(r"-?\d+")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class CompiledDefinitions:
    """The cohorts of a folder by their ids, and the reason for each file that is refused."""

    cohorts: Mapping[int, CompiledCohort]
    refused: Mapping[str, str]


def compile_definitions(folder: Path) -> CompiledDefinitions:
    """Read and compile each definition of a folder; the integer that a file is named is its id.

    What cannot be read or compiled is refused with its reason and stops no other. So is a file
    whose name is no integer, because rows are told apart by nothing else, and a second file of one
    id. Raises BadInputError where there is no folder, or no definition in it.
    """
    if not folder.is_dir():
        raise BadInputError(f"{folder} is not a folder: --definitions names one of *.json files.")
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise BadInputError(f"{folder} holds no definition: no file in it ends in .json.")
    cohorts: dict[int, CompiledCohort] = {}
    first_of: dict[int, Path] = {}
    refused: dict[str, str] = {}
    for path in paths:
        try:
            named = read_named_definition(path)
            number = named.definition_id
            if number is None:
                raise BadInputError(
                    f"{path.name}: its name is no integer, and rows are known by their "
                    "cohort_definition_id. Name the file after it, e.g. 17.json."
                )
            if number in first_of:
                raise BadInputError(
                    f"{path.name}: {first_of[number].name} has the id {number} too. Rename one."
                )
            first_of[number] = path
            cohorts[number] = compile_named(named, path)
        except BadInputError as error:
            refused[path.name] = str(error)
    return CompiledDefinitions(cohorts=cohorts, refused=refused)


def read_named_definition(path: Path, name: str | None = None) -> NamedDefinition:
    """The definition in a file; without `name` its cohort is named, and called, after the file."""
    cohort_name = _cohort_name(path, name)
    return NamedDefinition(
        name=cohort_name,
        definition_id=definition_id_of(path),
        expression=read_definition_file(path),
        title=_title(path, cohort_name) if name is None else None,
    )


def _title(path: Path, cohort_name: str) -> str | None:
    """What the file is called, where that says more than the cohort's name in words."""
    called = " ".join(path.stem.replace("_", " ").split())
    title = called[:1].upper() + called[1:]
    in_words = cohort_name.replace("_", " ").capitalize()
    return None if INTEGER.fullmatch(path.stem) or title == in_words else title


def compile_named(named: NamedDefinition, path: Path) -> CompiledCohort:
    """The models of a definition's cohort, under the definition's own title; `path` names it."""
    title = (named.expression.title or "").strip() or named.name.replace("_", " ")
    try:
        return compile_cohort(named.expression, name=named.name, title=title)
    except BadInputError as error:
        raise BadInputError(f"{path.name}: {error}") from None


def definition_id_of(path: Path) -> int | None:
    """The id that an integer file name is; None for other names."""
    if not INTEGER.fullmatch(path.stem):
        return None
    number = int(path.stem)
    if not -LARGEST_ID - 1 <= number <= LARGEST_ID:
        raise BadInputError(f"{path.name}: the id {number} does not fit into 64 bits.")
    return number


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
