"""Add cohort definitions to a dbt project: all of them, or, where one is at fault, none."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from analytics.errors import BadInputError
from analytics.phenotypes import normalised_json
from analytics.phenotypes.compiler import CompiledConceptSet
from analytics.phenotypes.compiler.split import criterion_prefix
from analytics.phenotypes.model_files import (
    ATTRIBUTE,
    DEFINITION,
    MODELS,
    SEEDS,
    NamedDefinition,
    cohort_files,
    definition_path,
    read_seed,
    seed_files,
)
from analytics.phenotypes.project_lists import with_cohort, with_concept_sets
from analytics.phenotypes.rule_list import RULES, with_rules
from analytics.pipelines.cohorts import (
    PROJECT_FILE,
    KnownCohort,
    check_project,
    list_cohorts,
    model_meta,
)
from analytics.pipelines.named_definitions import compile_named, read_named_definition
from analytics.pipelines.steps import write_aside

FIRST_RESERVED_ID, LAST_RESERVED_ID = 2_000_000_001, 2_000_999_999
"""Where dbt's macro `cohort_number` counts cohorts that come without an id."""


@dataclass(frozen=True, kw_only=True)
class AddedCohort:
    """What adding a definition did: `status` is added, replaced or unchanged.

    `model` is where the project keeps the cohort's own model.
    """

    name: str
    definition_id: int | None
    status: str
    model: PurePosixPath
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
    _check_ids(definitions, known)
    added: list[AddedCohort] = []
    files: dict[PurePosixPath, str] = {}
    rules: dict[str, tuple[str, ...]] = {}
    concept_sets: list[CompiledConceptSet] = []
    for path, named in definitions.items():
        compiled = compile_named(named, path)
        files.update(cohort_files(named, compiled))
        rules[named.name] = compiled.attrition
        concept_sets += compiled.concept_sets
        added.append(
            AddedCohort(
                name=named.name,
                definition_id=named.definition_id,
                model=definition_path(named.name).with_suffix(".sql"),
                status=_status(named, known.get(named.name)),
                n_parts=len(compiled.ctes),
                concept_sets=tuple(each.name for each in compiled.concept_sets),
            )
        )
    files.update(seed_files([*_present(project, concept_sets), *concept_sets]))
    _remove_criteria(project, [cohort.name for cohort in added], files)
    listed = project / RULES
    files[RULES] = with_rules(listed.read_text("utf-8") if listed.is_file() else "", rules)
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
            definitions[path] = read_named_definition(path, name)
        except BadInputError as error:
            faults.append(str(error))
    if faults:
        raise BadInputError("\n".join(faults))
    return definitions


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


def _check_ids(
    definitions: Mapping[Path, NamedDefinition], known: Mapping[str, KnownCohort]
) -> None:
    """Raise BadInputError where two cohorts would have one id in the OHDSI-shaped `cohort`."""
    taken = {
        cohort.definition_id: f"cohort '{cohort.name}'"
        for cohort in known.values()
        if cohort.definition_id is not None
        and cohort.name not in {named.name for named in definitions.values()}
    }
    faults = []
    for path, named in definitions.items():
        number = named.definition_id
        if number is None:
            continue
        if number in taken:
            faults.append(
                f"{path.name}: the id {number} is that of {taken[number]}. Name the file after "
                "another id, or after no id."
            )
        elif FIRST_RESERVED_ID <= number <= LAST_RESERVED_ID:
            faults.append(
                f"{path.name}: the ids from {FIRST_RESERVED_ID} to {LAST_RESERVED_ID} are kept for "
                "cohorts that come without one. Name the file after another id, or after no id."
            )
        taken.setdefault(number, f"{path.name}")
    if faults:
        raise BadInputError("\n".join(faults))


def _status(named: NamedDefinition, present: KnownCohort | None) -> str:
    if present is None or present.definition is None:
        return "added"
    same_text = present.definition.read_text(encoding="utf-8") == normalised_json(named.expression)
    same_id = present.definition_id == named.definition_id
    return "unchanged" if same_text and same_id else "replaced"


def _present(
    project: Path, concept_sets: Iterable[CompiledConceptSet]
) -> Iterator[CompiledConceptSet]:
    """Those of the concept sets that the project has a seed of, as they stand there."""
    for name in sorted({concept_set.name for concept_set in concept_sets}):
        seed = project / SEEDS / f"{name}.csv"
        if seed.is_file():
            yield read_seed(name, seed.read_text(encoding="utf-8"))


def _remove_criteria(
    project: Path, names: Iterable[str], files: Mapping[PurePosixPath, str]
) -> None:
    """Remove the models of single criteria that these cohorts had and have no more."""
    for name in names:
        for path in (project / MODELS).glob(f"{criterion_prefix(name)}__*.sql"):
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
