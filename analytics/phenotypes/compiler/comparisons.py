"""Conditions on a column: ranges of numbers and days, texts, as Circe compares them."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from analytics.phenotypes.expression import DateRange, NumericRange, TextFilter

OPERATORS = {"lt": "<", "lte": "<=", "eq": "=", "!eq": "<>", "gt": ">", "gte": ">="}
FOUR_DIGITS = Decimal("0.0001")


def compare_whole(expression: str, asked: NumericRange) -> str:
    """A column of whole numbers compared; the fraction of the other side does not count."""
    extent = None if asked.extent is None else str(int(asked.extent))
    return _compare(expression, asked.comparison, str(int(asked.value)), extent)


def compare_decimal(expression: str, asked: NumericRange) -> str:
    """A column of numbers compared with four digits behind the point, as Circe writes them."""
    extent = None if asked.extent is None else _four_digits(asked.extent)
    return _compare(expression, asked.comparison, _four_digits(asked.value), extent)


def compare_date(expression: str, asked: DateRange) -> str:
    """A column of days compared."""
    extent = None if asked.extent is None else date_text(asked.extent)
    return _compare(expression, asked.comparison, date_text(asked.value), extent)


def compare_text(expression: str, asked: TextFilter) -> str:
    """A text that contains, begins or ends with another; `%` and `_` in it stand for any text."""
    comparison = asked.comparison.removeprefix("!")
    word = "not like" if asked.comparison.startswith("!") else "like"
    before = "%" if comparison in ("endsWith", "contains") else ""
    after = "%" if comparison in ("startsWith", "contains") else ""
    return f"{expression} {word} '{before}{_quoted(asked.text)}{after}'"


def date_text(day: date) -> str:
    """A day as a SQL literal."""
    return f"date '{day.isoformat()}'"


def _compare(expression: str, comparison: str, value: str, extent: str | None) -> str:
    if comparison.endswith("bt"):
        word = "not between" if comparison.startswith("!") else "between"
        return f"{expression} {word} {value} and {extent}"
    return f"{expression} {OPERATORS[comparison]} {value}"


def _four_digits(number: int | float) -> str:
    rounded = Decimal(repr(number)).quantize(FOUR_DIGITS, rounding=ROUND_HALF_UP)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quoted(text: str) -> str:
    """The text inside a SQL literal, in a file that jinja reads first."""
    doubled = text.replace("'", "''")
    return re.sub(r"\{(?=[{%#])", "{{ '{' }}", doubled)
