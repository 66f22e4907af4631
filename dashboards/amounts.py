"""Numbers as text: counts, people, shares, measured amounts; what is withheld says so."""

from collections.abc import Mapping

WITHHELD = "withheld"


def count(n: int | None) -> str:
    """A count as text: 2,630; a suppressed one is "withheld"."""
    return WITHHELD if n is None else f"{n:,}"


def people(n: int | None) -> str:
    """A count of people as text; a suppressed one says so."""
    if n is None:
        return "a number of people that is withheld"
    return f"{n:,} {'person' if n == 1 else 'people'}"


def share(value: float | None) -> str:
    """A share of 0 to 1 as a percentage with one decimal, two below 1 %."""
    if value is None:
        return WITHHELD
    if 0 < value < 0.0001:
        return "<0.01\N{NO-BREAK SPACE}%"
    decimals = 2 if 0 < abs(value) < 0.01 else 1
    return f"{100 * value:.{decimals}f}\N{NO-BREAK SPACE}%"


def characteristic(row: Mapping[str, object]) -> str:
    """A group's share, or mean with its standard deviation, as text."""
    middle, spread = number(row["mean"]), number(row["sd"])
    if row["kind"] != "value" or row["share"] is None:
        return share(number(row["share"]))
    if middle is None:
        return "–"
    return measured(middle) + (f" ({measured(spread)})" if spread is not None else "")


def measured(amount: float) -> str:
    """A measured number as text, with the digits it takes to read it."""
    decimals = 0 if abs(amount) >= 100 else 1 if abs(amount) >= 10 else 2
    return f"{amount:,.{decimals}f}".replace("-", "−")


def standardised(amount: float | None) -> str:
    """A standardised mean difference as text."""
    return "–" if amount is None else signed(amount, 2)


def signed(value: float, decimals: int) -> str:
    """With its sign; what rounds to nothing has none."""
    text = f"{value:+.{decimals}f}"
    return text[1:] if not text.strip("+-0.") else text.replace("-", "−")


def number(cell: object) -> float | None:
    """The cell as a number; None where it holds none."""
    return float(cell) if isinstance(cell, int | float) else None
