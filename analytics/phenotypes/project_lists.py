"""The lists in `dbt_project.yml` that say which cohorts and concept sets there are, line by line.

The file is written for people, with comments, so its text is edited and not dumped anew.
"""

import re
from collections.abc import Callable, Mapping

from analytics.errors import BadInputError

OF_A_DEFINITION = re.compile(r"__[0-9a-f]{8}$")
ENTRY = re.compile(r"^    (?P<name>[A-Za-z0-9_\"']+): (?P<domain>\w+)\s*$")


def with_cohort(text: str, name: str) -> str:
    """The project's text with a cohort at the end of its list; as it is, where it is listed."""
    line = f"    - {name if not name.isdigit() else _quoted(name)}"
    return _with_block(text, "cohorts", lambda lines: lines if line in lines else [*lines, line])


def with_concept_sets(text: str, concept_sets: Mapping[str, str], domains: frozenset[str]) -> str:
    """The project's text with these concept sets in its list, by name, and their domains.

    Those listed under one of `domains` that are not among them any more are taken out. A set of a
    definition (its name ends in a hash) to which somebody gave another domain keeps it as long as
    it is used.
    """

    def edit(lines: list[str]) -> list[str]:
        comments = [line for line in lines if not ENTRY.match(line)]
        found = [match for line in lines if (match := ENTRY.match(line))]
        kept = {
            match["name"]: match["domain"]
            for match in found
            if match["domain"] not in domains
            and (match["name"] in concept_sets or not OF_A_DEFINITION.search(match["name"]))
        }
        listed = dict(sorted({**concept_sets, **kept}.items()))
        return [*comments, *(f"    {name}: {domain}" for name, domain in listed.items())]

    return _with_block(text, "concept_sets", edit)


def _with_block(text: str, key: str, edit: Callable[[list[str]], list[str]]) -> str:
    """The text with the lines below `  key:` in `vars` edited."""
    lines = text.splitlines()
    in_vars = lines.index("vars:") if "vars:" in lines else len(lines)
    try:
        first = lines.index(f"  {key}:", in_vars) + 1
    except ValueError:
        raise BadInputError(
            f"dbt_project.yml has no list '{key}' under 'vars'. Add the line '  {key}:' there."
        ) from None
    last = first
    while last < len(lines) and lines[last].startswith("    "):
        last += 1
    return "\n".join([*lines[:first], *edit(lines[first:last]), *lines[last:]]) + "\n"


def _quoted(name: str) -> str:
    return f'"{name}"'
