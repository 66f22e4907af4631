"""When a value in an integer's place is no whole number, in the two readings."""

from dataclasses import dataclass

WHOLE = (
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "hugeint",
    "utinyint",
    "usmallint",
    "uinteger",
    "ubigint",
    "uhugeint",
)
FRACTIONS = ("real", "float", "double", "double precision", "decimal", "numeric")
TEXTS = ("varchar", "text", "character varying", "character", "char")
DIGITS = r"^([0-9]+\.?[0-9]*|\.[0-9]+)$"
WHOLE_IN_TEXT = "^-?[0-9]+$"


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """A condition in SQL; `is_safe` where no value can make the question itself fail."""

    condition: str
    is_safe: bool


def breaks_datatype(value: str, found_type: str, *, mended: bool) -> Breaks:
    """When `value`, of a column of that type, is no integer.

    OHDSI's rule is about how the number is written: digits only, so a negative number breaks it,
    and a text ends in an error. `mended`: any whole number is an integer, however it is stored.
    """
    plain = found_type.split("(")[0].strip()
    if plain in WHOLE:
        return Breaks(condition="false" if mended else f"{value} < 0", is_safe=True)
    if not mended:
        written = f"cast({value} as varchar) !~ '{DIGITS}'"
        has_point = f"strpos(cast(abs({value}) as varchar), '.') > 0"
        return Breaks(
            condition=f"{value} is not null and ({written} or {has_point})", is_safe=False
        )
    if plain in FRACTIONS:
        return Breaks(condition=f"{value} <> floor({value})", is_safe=True)
    if plain in TEXTS:
        return Breaks(condition=f"{value} !~ '{WHOLE_IN_TEXT}'", is_safe=True)
    return Breaks(condition=f"{value} is not null", is_safe=True)
