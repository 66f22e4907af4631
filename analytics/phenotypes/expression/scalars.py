"""Numbers, flags, days and texts as Circe's own reader takes them, each with one Python type.

ATLAS has written `"5"`, `5.0` and `5` for the same number over the years, and Circe reads them
alike. So do we; what Circe would silently bend (5.7 days become 5) is a fault here.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

WHOLE = re.compile(r"[+-]?\d{1,20}", re.ASCII)
DAY = re.compile(r"(\d{1,4})-(\d{1,2})-(\d{1,2})", re.ASCII)
LARGEST = {32: 2**31 - 1, 64: 2**63 - 1}


def as_whole_number(value: object) -> object:
    """`5.0` and `"5"` as `5`; everything else as it is, for the type to refuse."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value)
    return value


def as_number(value: object) -> object:
    """A number, or a text that holds one; whole ones as `int`."""
    whole = as_whole_number(value)
    if isinstance(whole, str):
        try:
            return as_whole_number(float(whole))
        except ValueError:
            raise ValueError("it should be a number") from None
    if isinstance(whole, bool) or not isinstance(whole, (int, float)):
        raise ValueError("it should be a number")
    if abs(whole) > LARGEST[64]:
        raise ValueError("it should be a number of at most 64 bits")
    return whole


def as_flag(value: object) -> object:
    """0, 1, "true" and "false" as the flags they stand for."""
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def as_day(value: object) -> object:
    """A day written as year-month-day, leading zeros or not."""
    if isinstance(value, date):
        return value
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("it should be a day written as 2020-12-31")
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None


def as_text(value: object) -> object:
    """A number where a text belongs (a concept code, say) as its digits."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


WholeNumber = Annotated[
    int, BeforeValidator(as_whole_number), Field(ge=-LARGEST[32] - 1, le=LARGEST[32])
]
"""A count or a number of days: 32 bits, as in Circe."""
Id = Annotated[int, BeforeValidator(as_whole_number), Field(ge=-LARGEST[64] - 1, le=LARGEST[64])]
"""The id of a concept or a concept set: up to 64 bits, negative ones too."""
Number = Annotated[int | float, BeforeValidator(as_number), Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(as_flag)]
Day = Annotated[date, BeforeValidator(as_day)]
Text = Annotated[str, BeforeValidator(as_text)]
