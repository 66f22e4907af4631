"""Read the contracts of a layer; every fault of every file is reported in one message."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from analytics.contracts.check_clause import (
    CDM_VERSIONS,
    CdmNameIn53Property,
    CdmTypeIn53Property,
    CdmTypeProperty,
    CdmVersion,
    CdmVersionsProperty,
    CheckClause,
)
from analytics.contracts.contract import Asked, Column, Contract, Rule
from analytics.contracts.disclosed import read_disclosure
from analytics.contracts.document import (
    AliasesProperty,
    DisclosureProperty,
    Document,
    GrainProperty,
    IsCheckedByDefaultProperty,
    IsLandedProperty,
    IsOptionalProperty,
    LandedWhereProperty,
    LimitShareProperty,
    MustExistProperty,
    Property,
    RuleClause,
    Table,
)
from analytics.contracts.faults import dangling_references, list_faults, list_in_words
from analytics.contracts.folder import contracts_folder
from analytics.disclosure import DisclosureRule
from analytics.errors import BadInputError, near_miss
from analytics.settings import house_root

LAYERS = ("omop_cdm", "results", "marts")


def load_contracts(
    layer: str, root: Path | None = None, *, only_landed: bool = True
) -> dict[str, Contract]:
    """Read `data_contracts/<layer>/*.yaml` under `root` (the house unless given), by table name.

    Tables of the CDM that are checked and never copied into a workspace are among them only where
    `only_landed` is false. Raises BadInputError with all faults of all files, one a line: file,
    place, what is wrong and the near miss of a misspelt word.
    """
    if layer not in LAYERS:
        raise BadInputError(
            f"There is no layer of contracts called '{layer}'.{near_miss(layer, LAYERS)} "
            f"Layers are {', '.join(LAYERS)}."
        )
    folder = contracts_folder(root) / layer
    if not folder.is_dir():
        raise BadInputError(
            f"The folder data_contracts/{layer} is missing under {root or house_root()}. "
            "Run from the repository or reinstall Catchment."
        )
    documents: dict[Path, Document] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            documents[path] = Document.model_validate(_read_yaml(path))
        except ValidationError as error:
            faults += [f"{path.name}: {fault}" for fault in list_in_words(error)]
        except ValueError as error:
            faults.append(f"{path.name}: {error}")
    for path, document in documents.items():
        faults += [f"{path.name}: {fault}" for fault in list_faults(document, path)]
    faults += dangling_references(documents, folder)
    if faults:
        raise BadInputError(
            f"data_contracts/{layer} has {len(faults)} fault{'s' * (len(faults) > 1)}; "
            "correct each and read again:\n  " + "\n  ".join(faults)
        )
    contracts = [_contract(document, layer) for document in documents.values()]
    return {one.name: one for one in contracts if one.is_landed or not only_landed}


def _read_yaml(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {' '.join(str(error).split())}") from error


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a word said twice is a fault; the plain loader would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:  # type: ignore[type-arg]
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise ValueError(f"line {key.start_mark.line + 1} says '{key.value}' a second time")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _contract(document: Document, layer: str) -> Contract:
    table = document.table[0]
    keys = sorted(
        (column for column in table.properties if column.primary_key),
        key=lambda column: column.primary_key_position or 1,
    )
    grain = tuple(column.name for column in keys)
    disclosure: DisclosureRule | None = None
    is_optional, landed_where, is_landed, is_checked = False, "", True, False
    cdm_versions: tuple[CdmVersion, ...] = CDM_VERSIONS
    for custom in document.custom_properties:
        if isinstance(custom, GrainProperty):
            grain = tuple(custom.value)
    for custom in document.custom_properties:
        if isinstance(custom, IsOptionalProperty):
            is_optional = custom.value
        if isinstance(custom, LandedWhereProperty):
            landed_where = custom.value
        if isinstance(custom, IsLandedProperty):
            is_landed = custom.value
        if isinstance(custom, IsCheckedByDefaultProperty):
            is_checked = custom.value
        if isinstance(custom, CdmVersionsProperty):
            cdm_versions = tuple(custom.value)
        if isinstance(custom, DisclosureProperty):
            disclosure = read_disclosure(custom.value, grain)
    return Contract(
        name=document.name,
        layer=layer,
        version=document.version,
        grain_sentence=document.description.purpose,
        description=table.description,
        grain=grain,
        columns=tuple(_column(column) for column in table.properties),
        rules=tuple(_rules(table)),
        disclosure=disclosure,
        is_optional=is_optional,
        limitations=document.description.limitations or "",
        landed_where=landed_where,
        is_landed=is_landed,
        checks=tuple(_checks(table)),
        cdm_versions=cdm_versions,
        is_checked_by_default=is_checked,
    )


def _column(column: Property) -> Column:
    aliases: tuple[str, ...] = ()
    must_exist = False
    limit_share: float | None = None
    type_now, type_in_53 = "", ""
    name_in_53: str | None = None
    versions: tuple[CdmVersion, ...] = CDM_VERSIONS
    for custom in column.custom_properties:
        match custom:
            case AliasesProperty():
                aliases = tuple(custom.value)
            case MustExistProperty():
                must_exist = custom.value
            case LimitShareProperty():
                limit_share = custom.value
            case CdmTypeProperty():
                type_now = custom.value
            case CdmTypeIn53Property():
                type_in_53 = custom.value
            case CdmNameIn53Property():
                name_in_53 = custom.value
            case CdmVersionsProperty():
                versions = tuple(custom.value)
    types = {"5.3": type_in_53 or type_now, "5.4": type_now}
    return Column(
        name=column.name,
        logical_type=column.logical_type,
        physical_type=column.physical_type,
        description=column.description,
        is_required=column.required,
        must_exist=must_exist,
        is_unique=column.unique,
        is_key=column.primary_key,
        references=column.relationships[0].to if column.relationships else None,
        aliases=aliases,
        limit_share=limit_share,
        cdm_types={version: types[version] for version in versions if types[version]},
        name_in_53=name_in_53,
    )


def _rules(table: Table) -> Iterator[Rule]:
    for quality, column in _quality(table):
        if isinstance(quality, RuleClause):
            yield _rule(quality, column)


def _checks(table: Table) -> Iterator[Asked]:
    for quality, column in _quality(table):
        if isinstance(quality, CheckClause):
            words = quality.implementation
            yield Asked(
                name=quality.name,
                column=column,
                versions=tuple(words.versions),
                readings=tuple(words.readings),
                **words.model_dump(exclude={"versions", "readings"}),
            )


def _quality(table: Table) -> Iterator[tuple[RuleClause | CheckClause, str | None]]:
    """Each quality clause of the table and its columns, with the column it belongs to."""
    yield from ((quality, None) for quality in table.quality)
    for column in table.properties:
        yield from ((quality, column.name) for quality in column.quality)


def _rule(quality: RuleClause, column: str | None) -> Rule:
    limits = [custom.value for custom in quality.custom_properties]
    return Rule(
        name=quality.name,
        description=quality.description,
        query=quality.query.strip(),
        column=column,
        limit_share=limits[0] if limits else None,
    )
