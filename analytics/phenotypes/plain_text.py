"""Texts of a definition, made fit for a dbt project: dbt takes no part of them for its own."""

import re

JINJA = re.compile(r"\{(?=[{%#])")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")


def plain_text(text: str) -> str:
    """The text without what opens Jinja (`{ {` for `{{`), and a space for each control character.

    dbt renders descriptions and comments of models too; a rule that is called `{{ x }}` would run.
    """
    return UNPRINTABLE.sub(" ", JINJA.sub("{ ", text))
