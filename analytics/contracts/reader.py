"""Read the contracts of a layer; every fault of every file is reported in one message."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from analytics.contracts import document as words
from analytics.contracts.contract import Column, Contract, Rule
from analytics.contracts.document import (
    Clause,
    DisclosureProperty,
    Document,
    GrainProperty,
    HouseClause,
    IsOptionalProperty,
    Property,
    Quality,
    Table,
)
from analytics.disclosure import AddsUp, DisclosureRule, Pair, Rate, SameAs, Steps
from analytics.errors import BadInputError, near_miss
from analytics.settings import house_root

LAYERS = ("omop_cdm", "results", "marts")
PHYSICAL_TYPES = {
    "integer": ("integer", "bigint"),
    "number": ("double",),
    "string": ("varchar",),
    "date": ("date",),
    "timestamp": ("timestamp",),
    "boolean": ("boolean",),
}
COUNTING = re.compile(r"^\s*select\s+count\(\*\)\s+from\s+\$\{table\}(\s|$)", re.IGNORECASE)


def load_contracts(layer: str, root: Path | None = None) -> dict[str, Contract]:
    """Read `data_contracts/<layer>/*.yaml` under `root` (the house unless given), by table name.

    Raises BadInputError with all faults of all files, one a line: file, place, what is wrong and
    the near miss of a misspelt word.
    """
    if layer not in LAYERS:
        raise BadInputError(
            f"There is no layer of contracts called '{layer}'.{near_miss(layer, LAYERS)} "
            f"Layers are {', '.join(LAYERS)}."
        )
    folder = (root or house_root()) / "data_contracts" / layer
    if not folder.is_dir():
        raise BadInputError(
            f"The folder data_contracts/{layer} is missing under {folder.parent.parent}. "
            "Run from the repository or reinstall Catchment."
        )
    documents: dict[Path, Document] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            documents[path] = Document.model_validate(_read_yaml(path))
        except ValidationError as error:
            faults += [f"{path.name}: {_in_words(fault)}" for fault in error.errors()]
        except ValueError as error:
            faults.append(f"{path.name}: {error}")
    for path, document in documents.items():
        faults += [f"{path.name}: {fault}" for fault in _faults(document, path)]
    faults += _dangling_references(documents, folder)
    if faults:
        raise BadInputError(
            f"data_contracts/{layer} has {len(faults)} fault{'s' * (len(faults) > 1)}; "
            "correct each and read again:\n  " + "\n  ".join(faults)
        )
    return {document.name: _contract(document, layer) for document in documents.values()}


def _read_yaml(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {' '.join(str(error).split())}") from error


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a word said twice is a fault; the plain loader would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:  # type: ignore[type-arg]
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise ValueError(f"line {key.start_mark.line + 1} says '{key.value}' a second time")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _in_words(fault: ErrorDetails) -> str:
    """One fault found by pydantic, as a person would say it, with the near miss."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
    place = place.lstrip(".") or "the whole file"
    kind, given, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        word = str(fault["loc"][-1])
        return f"{place}: unknown clause '{word}'.{near_miss(word, KNOWN_WORDS)}"
    if kind == "missing":
        return f"{place}: this clause is missing"
    if kind in ("literal_error", "union_tag_invalid"):
        if kind == "union_tag_invalid":
            given = context["tag"]
        expected = str(context.get("expected") or context.get("expected_tags"))
        guess = near_miss(str(given), re.findall(r"'([^']*)'", expected))
        return f"{place}: {given!r} is not one of {expected}.{guess}"
    return f"{place}: {fault['msg'][0].lower()}{fault['msg'][1:]}, not {given!r}"


def _words_of(clauses: type[Clause] | type[HouseClause]) -> Iterator[str]:
    for name, field in clauses.model_fields.items():
        yield field.alias or name


KNOWN_WORDS = sorted(
    {
        word
        for clause in vars(words).values()
        if isinstance(clause, type) and issubclass(clause, Clause | HouseClause)
        for word in _words_of(clause)
    }
)


def _faults(document: Document, path: Path) -> Iterator[str]:
    """Faults that no single clause shows: names, types, keys, grain, rules and disclosure."""
    table = document.table[0]
    columns = [column.name for column in table.properties]
    if not path.stem == document.name == table.name:
        yield (
            f"the file is called '{path.stem}', the contract '{document.name}' and the table "
            f"'{table.name}': give all three the same name"
        )
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        yield f"column '{name}' is described {columns.count(name)} times"
    for column in table.properties:
        if column.physical_type not in PHYSICAL_TYPES[column.logical_type]:
            yield (
                f"column '{column.name}': a {column.logical_type} cannot be stored as "
                f"{column.physical_type}; use {' or '.join(PHYSICAL_TYPES[column.logical_type])}"
            )
        yield from _property_faults(column)
    for rule in _rules(table):
        if not COUNTING.match(rule.query):
            yield f"rule '{rule.name}': its query must begin with `select count(*) from ${{table}}`"
    names = [rule.name for rule in _rules(table)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"rule '{name}' is given {names.count(name)} times"
    for place, name in _named_columns(document):
        if name not in columns:
            yield f"{place}: there is no column '{name}'.{near_miss(name, columns)}"


def _property_faults(column: Property) -> Iterator[str]:
    expected = {"aliases": list, "mustExist": bool, "limitShare": float}
    for custom in column.custom_properties:
        if not isinstance(custom.value, expected[custom.property]):
            yield (
                f"column '{column.name}': {custom.property} is {custom.value!r}, "
                f"not a {expected[custom.property].__name__}"
            )


def _named_columns(document: Document) -> Iterator[tuple[str, str]]:
    """Each column that a custom property names, with the place that names it."""
    for custom in document.custom_properties:
        if isinstance(custom, GrainProperty):
            yield from (("grain", name) for name in custom.value)
        if isinstance(custom, DisclosureProperty):
            said = custom.value
            for place, names in {
                "key": said.key,
                "people": [said.people] if said.people else [],
                "counts": said.counts,
                "sequence": [said.sequence] if said.sequence else [],
                "derives": [
                    *said.derives,
                    *(name for used in said.derives.values() for name in used),
                ],
                "same_as": [name for same in said.same_as for name in (same.count, *same.where)],
                "rates": [
                    name for rate in said.rates for name in (rate.rate, rate.of, *rate.where)
                ],
                "people_behind": [*said.people_behind, *said.people_behind.values()],
                "pairs": [
                    name
                    for pair in said.pairs
                    for name in (pair.total, pair.part)
                    if not _is_quantity(name)
                ],
                "adds_up": [
                    name
                    for sums in said.adds_up
                    for name in (
                        *(sums.over, *sums.within, *sums.total, *sums.total_counts),
                        *(n for n in sums.total_counts.values() if not _is_quantity(n)),
                    )
                ],
            }.items():
                yield from ((f"disclosure.{place}", name) for name in names)


def _is_quantity(name: str) -> bool:
    """A quantity is several words, or has the row's values in it; a column is one word."""
    return " " in name or "{" in name


def _dangling_references(documents: dict[Path, Document], folder: Path) -> Iterator[str]:
    """References to a table or column that no contract of any layer describes."""
    known = {document.name: document for document in documents.values()}
    elsewhere = {path.stem for path in folder.parent.glob("*/*.yaml")} - known.keys()
    for path, document in documents.items():
        for column in document.table[0].properties:
            for relationship in column.relationships:
                table, name = relationship.to.split(".")
                if table in elsewhere:
                    continue
                if table not in known:
                    yield (
                        f"{path.name}: column '{column.name}' refers to table '{table}', "
                        f"which has no contract.{near_miss(table, known)}"
                    )
                    continue
                there = [other.name for other in known[table].table[0].properties]
                if name not in there:
                    yield (
                        f"{path.name}: column '{column.name}' refers to '{relationship.to}', "
                        f"a column that does not exist.{near_miss(name, there)}"
                    )


def _contract(document: Document, layer: str) -> Contract:
    table = document.table[0]
    keys = sorted(
        (column for column in table.properties if column.primary_key),
        key=lambda column: column.primary_key_position or 1,
    )
    grain = tuple(column.name for column in keys)
    disclosure: DisclosureRule | None = None
    is_optional = False
    for custom in document.custom_properties:
        if isinstance(custom, GrainProperty):
            grain = tuple(custom.value)
    for custom in document.custom_properties:
        if isinstance(custom, IsOptionalProperty):
            is_optional = custom.value
        if isinstance(custom, DisclosureProperty):
            disclosure = _disclosure(custom, grain)
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
    )


def _column(column: Property) -> Column:
    aliases: tuple[str, ...] = ()
    must_exist = False
    limit_share: float | None = None
    for custom in column.custom_properties:
        match custom.value:
            case list():
                aliases = tuple(custom.value)
            case bool():
                must_exist = custom.value
            case float():
                limit_share = custom.value
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
    )


def _rules(table: Table) -> Iterator[Rule]:
    for quality in table.quality:
        yield _rule(quality, column=None)
    for column in table.properties:
        for quality in column.quality:
            yield _rule(quality, column=column.name)


def _rule(quality: Quality, column: str | None) -> Rule:
    limits = [custom.value for custom in quality.custom_properties]
    return Rule(
        name=quality.name,
        description=quality.description,
        query=quality.query.strip(),
        column=column,
        limit_share=limits[0] if limits else None,
    )


def _disclosure(custom: DisclosureProperty, grain: tuple[str, ...]) -> DisclosureRule:
    said = custom.value
    return DisclosureRule(
        level=said.level,
        key=tuple(said.key) or grain,
        people=said.people,
        counts=tuple(said.counts),
        adds_up=tuple(
            AddsUp(
                over=sums.over,
                within=tuple(sums.within),
                total=_values(sums.total),
                total_counts=dict(sums.total_counts),
            )
            for sums in said.adds_up
        ),
        pairs=tuple(Pair(total=pair.total, part=pair.part) for pair in said.pairs),
        sequence=Steps(order=said.sequence) if said.sequence else None,
        derives={column: tuple(counts) for column, counts in said.derives.items()},
        same_as=tuple(
            SameAs(count=same.count, quantity=same.quantity, where=_values(same.where), at=same.at)
            for same in said.same_as
        ),
        rates=tuple(
            Rate(rate=rate.rate, of=rate.of, where=_values(rate.where)) for rate in said.rates
        ),
        people_behind=dict(said.people_behind),
    )


def _values(written: Mapping[str, str | int | bool]) -> dict[str, str]:
    """Values as the text by which disclosure compares them: true, 1, overall."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in written.items()
    }
