"""A long model as several: one for each criterion, and one that puts them together."""

import hashlib
import re
from collections.abc import Sequence

from analytics.phenotypes.compiler.naming import Names, slug
from analytics.phenotypes.compiler.sql_text import Cte, model_text

NAME = re.compile(r"[a-z_][a-z0-9_]*")
LONGEST_COHORT = 24
"""Characters of the cohort's name in the names of its criteria, which PostgreSQL cuts at 63."""


def split_at(
    ctes: Sequence[Cte],
    criteria: Sequence[str],
    cohort: str,
    header: str,
    *,
    last: str | None = None,
) -> dict[str, str]:
    """The text of each model by its name; the one that puts them together (`last`) comes last.

    `criteria` are the parts that become models; what others read of them they read by `ref`.
    """
    names, prefix = Names(), criterion_prefix(cohort)
    models = {part: names.take(f"{prefix}__{part}") for part in criteria}
    by_name = {cte.name: cte for cte in ctes}
    texts = {}
    for cte in ctes:
        if cte.name in models:
            rows = f"One row for each of the {cte.in_words}.\n{written_from(cohort)}"
            text = _model_of(cte.name, by_name, models, rows)
            texts[models[cte.name]] = text
    texts[last or f"cohort__{cohort}"] = _model_of(ctes[-1].name, by_name, models, header)
    return texts


def written_from(cohort: str) -> str:
    """Where the text of a cohort's models comes from, and what to change instead of it."""
    return f"Written by `catchment cohorts add` from cohort__{cohort}.json: change that, not this."


def criterion_prefix(cohort: str) -> str:
    """What the models of a cohort's criteria begin with; no other cohort's do.

    Where the cohort's name is too long, a hash of it tells it from others that begin alike.
    """
    if len(cohort) > LONGEST_COHORT:
        digest = hashlib.sha256(cohort.encode()).hexdigest()[:6]
        cohort = f"{slug(cohort, LONGEST_COHORT - len(digest) - 1)}_{digest}"
    return f"criterion__{cohort}"


def _model_of(last: str, by_name: dict[str, Cte], models: dict[str, str], header: str) -> str:
    """A model that ends with a part: all parts that it reads, down to those that are models."""
    needed = {last}
    for name in reversed(by_name):
        if name in needed and (name == last or name not in models):
            needed |= names_read(by_name[name], by_name)
    imports, parts = [], []
    for name, cte in by_name.items():
        if name not in needed:
            continue
        if name != last and name in models:
            imports.append(Cte(name=name, body=f"select * from {{{{ ref('{models[name]}') }}}}"))
        else:
            parts.append(cte)
    is_import = [part.body.startswith("select * from {{ ref(") for part in parts]
    own = [part for part, imported in zip(parts, is_import, strict=True) if imported]
    rest = [part for part, imported in zip(parts, is_import, strict=True) if not imported]
    return model_text(header, (*own, *imports, *rest))


def names_read(cte: Cte, by_name: dict[str, Cte]) -> set[str]:
    """The parts of a model that a part reads."""
    return {name for name in NAME.findall(cte.body) if name in by_name and name != cte.name}
