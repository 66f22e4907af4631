"""Which people are looked at where a sample is asked for: the same each time, on any database.

A person is drawn by the number alone: multiplied, and divided by a prime, its remainder is below
the sample's share. What is no whole number is drawn by the database's own hash of its text.
"""

from analytics.quality.measures import Dialect
from analytics.quality.measures.whole_numbers import WHOLE

PRIME, FACTOR = 1_000_003, 611_953
TEXT_HASH = {
    "duckdb": "cast(hash({written}) % {prime} as bigint)",
    "postgres": "abs(cast(hashtext({written}) as bigint)) % {prime}",
}
WHOLE_NUMBER = r"^-?[0-9]{1,18}$"


def is_drawn(found_type: str, sample: float, dialect: Dialect) -> str:
    """A condition on `person_id`, of a column of that type; rows without a person are all taken."""
    number = _remainder("person_id")
    if found_type not in WHOLE:
        # As text, so that a person is the same in a column of another type.
        written = "cast(person_id as varchar)"
        hashed = TEXT_HASH[dialect].format(written=written, prime=PRIME)
        of_number = _remainder(f"cast({written} as bigint)")
        number = f"case when {written} ~ '{WHOLE_NUMBER}' then {of_number} else {hashed} end"
    return f"(person_id is null or {number} < {round(sample * PRIME)})"


def _remainder(number: str) -> str:
    return f"((cast({number} % {PRIME} as bigint) + {PRIME}) * {FACTOR}) % {PRIME}"
