"""What is wrong with the checks of a contract, beyond what a single clause shows."""

from collections.abc import Iterator, Sequence
from itertools import product

from analytics.contracts.check_clause import WORDS_OF, CheckClause
from analytics.errors import near_miss

OF_A_TABLE = frozenset(
    {
        "measurePersonCompleteness",
        "measureConditionEraCompleteness",
        "measureObservationPeriodOverlap",
    }
)
ALWAYS = frozenset({"threshold", "limit_share", "versions", "readings"})


def check_faults(
    checks: Sequence[tuple[CheckClause, str | None]], columns: Sequence[str]
) -> Iterator[str]:
    """Checks in the wrong place, without a word they need, with one they do not take, or twice.

    `checks` are clauses with the column they belong to (None: the table); `columns` are those of
    the contract.
    """
    seen: set[tuple[str | None, str, str, str]] = set()
    for clause, column in checks:
        place = f"check '{clause.name}'" + (f" of column '{column}'" if column else "")
        if (clause.name in OF_A_TABLE) != (column is None):
            belongs = "the table" if clause.name in OF_A_TABLE else "a column"
            yield f"{place}: belongs to {belongs}"
        words = clause.implementation
        given = words.model_fields_set
        needed, allowed = WORDS_OF.get(clause.name, (frozenset(), frozenset()))
        for word in sorted(needed - given):
            yield f"{place}: '{word}' is missing"
        for word in sorted(given - needed - allowed - ALWAYS):
            takes = ", ".join(sorted(needed | allowed | ALWAYS))
            yield f"{place}: takes no '{word}'; it takes {takes}"
        for version, reading in product(words.versions, words.readings):
            if (column, clause.name, version, reading) in seen:
                yield f"{place}: is asked twice for CDM {version}, reading {reading}"
            seen.add((column, clause.name, version, reading))
        for name in _columns_named(clause):
            if name not in columns:
                yield f"{place}: there is no column '{name}'.{near_miss(name, columns)}"


def _columns_named(clause: CheckClause) -> Iterator[str]:
    words = clause.implementation
    after = None if words.after == "birth" else words.after
    for name in (words.source_value, words.standard_concept, after, words.end):
        if name is not None:
            yield name
