"""A picture of a table becomes a frame, so that a test can be read."""

from datetime import date

import polars as pl


def table(picture: str) -> pl.DataFrame:
    """Read a picture with `|` between columns and a rule of dashes under the header.

    Whole numbers, decimals, ISO dates, `true`/`false` and empty cells (null) are recognised;
    everything else is text.
    """
    lines = [line.strip() for line in picture.strip().splitlines()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if set(line) - set("-+| ")]
    header, *body = rows
    columns = {name: [_value(row[i]) for row in body] for i, name in enumerate(header)}
    return pl.DataFrame(columns, strict=False)


def _value(cell: str) -> object:
    if cell in ("", "null"):
        return None
    if cell in ("true", "false"):
        return cell == "true"
    for read in (int, float, date.fromisoformat):
        try:
            return read(cell)
        except ValueError:
            continue
    return cell
