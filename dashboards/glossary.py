"""Definitions of the words on the screen, read from `data_contracts/glossary.md`.

There a term is a heading and a paragraph, so that screen and contracts cannot disagree.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analytics.settings import house_root


def definition(term: str) -> str | None:
    """The glossary's paragraph for a term, or None where the glossary has none."""
    return _glossary(house_root() / "data_contracts" / "glossary.md").get(term.lower())


@cache
def _glossary(file: Path) -> Mapping[str, str]:
    if not file.is_file():
        return {}
    sections = re.split(r"^##+\s+", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found: dict[str, str] = {}
    for section in sections:
        heading, _, body = section.partition("\n")
        paragraph = " ".join(body.strip().split("\n\n")[0].split())
        for term in re.split(r"[,;/]", heading):
            name = term.strip().strip("`*").strip().lower()
            if name and paragraph:
                found.setdefault(name, paragraph)
    return found
