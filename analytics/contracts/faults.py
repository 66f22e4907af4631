"""What is wrong with a contract file, as a person would say it, with the near miss."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from analytics.contracts import check_clause, disclosure_clauses
from analytics.contracts import document as contract_clauses
from analytics.contracts.check_clause import CheckClause
from analytics.contracts.check_faults import check_faults
from analytics.contracts.clause import Clause, HouseClause
from analytics.contracts.disclosed import columns_named, read_disclosure
from analytics.contracts.document import DisclosureProperty, Document, GrainProperty, RuleClause
from analytics.errors import BadInputError, near_miss

PHYSICAL_TYPES = {
    "integer": ("integer", "bigint"),
    "number": ("double",),
    "string": ("varchar",),
    "date": ("date",),
    "timestamp": ("timestamp",),
    "boolean": ("boolean",),
}
KINDS = {
    "int": "a number",
    "float": "a number",
    "constrained-str": "a day in quotes ('2020-12-31')",
}
"""What pydantic calls the kinds of a value that may be of several."""
COUNTING = re.compile(r"^\s*select\s+count\(\*\)\s+from\s+\$\{table\}(\s|$)", re.IGNORECASE)


def list_in_words(error: ValidationError) -> list[str]:
    """Each fault found by pydantic, as a person would say it, with the near miss.

    A value that is none of the kinds that may stand in its place is one fault.
    """
    said: dict[tuple[int | str, ...], str] = {}
    kinds: dict[tuple[int | str, ...], list[str]] = {}
    for fault in error.errors():
        kind = _kind_wanted(fault)
        if not kind:
            said[fault["loc"]] = _in_words(fault)
            continue
        loc = fault["loc"][:-1]
        wanted = kinds.setdefault(loc, [])
        wanted += [kind] if kind not in wanted else []
        said[loc] = f"{_place(loc)}: {fault['input']} is not {' or '.join(wanted)}"
    return list(said.values())


def _kind_wanted(fault: ErrorDetails) -> str:
    """One of several kinds that a value might have been of; nothing where only one was possible."""
    last = str(fault["loc"][-1]) if fault["loc"] else ""
    if last.startswith("literal["):
        return str(fault.get("ctx", {}).get("expected"))
    return KINDS.get(last, "")


def _place(loc: tuple[int | str, ...]) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return place.lstrip(".") or "the whole file"


def _in_words(fault: ErrorDetails) -> str:
    place = _place(fault["loc"])
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
        for words in (check_clause, contract_clauses, disclosure_clauses)
        for clause in vars(words).values()
        if isinstance(clause, type) and issubclass(clause, Clause | HouseClause)
        for word in _words_of(clause)
    }
)


def list_faults(document: Document, path: Path) -> Iterator[str]:
    """Faults that no single clause shows: names, types, keys, grain, rules and disclosure."""
    table = document.table[0]
    columns = [column.name for column in table.properties]
    clauses = [
        *((clause, None) for clause in table.quality),
        *((clause, column.name) for column in table.properties for clause in column.quality),
    ]
    rules = [clause for clause, _ in clauses if isinstance(clause, RuleClause)]
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
    for rule in rules:
        if not COUNTING.match(rule.query):
            yield f"rule '{rule.name}': its query must begin with `select count(*) from ${{table}}`"
    names = [rule.name for rule in rules]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"rule '{name}' is given {names.count(name)} times"
    yield from check_faults(
        [(clause, column) for clause, column in clauses if isinstance(clause, CheckClause)],
        columns,
    )
    for place, name in _named_columns(document):
        if name not in columns:
            yield f"{place}: there is no column '{name}'.{near_miss(name, columns)}"
    yield from _disclosure_faults(document)


def _disclosure_faults(document: Document) -> Iterator[str]:
    for custom in document.custom_properties:
        if isinstance(custom, DisclosureProperty):
            try:
                read_disclosure(custom.value, ())
            except BadInputError as error:
                yield str(error)


def _named_columns(document: Document) -> Iterator[tuple[str, str]]:
    """Each column that a custom property names, with the place that names it."""
    for custom in document.custom_properties:
        if isinstance(custom, GrainProperty):
            yield from (("grain", name) for name in custom.value)
        if isinstance(custom, DisclosureProperty):
            yield from columns_named(custom.value)


def dangling_references(documents: dict[Path, Document], folder: Path) -> Iterator[str]:
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
