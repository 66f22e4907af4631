"""Text that a spreadsheet cannot take for a formula (CWE-1236).

Free text of a CDM (names, source values) can open with `=`, and a spreadsheet would run it.
"""

from collections.abc import Sequence

import polars as pl

# The last four are the full-width forms, which some spreadsheets read as the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def make_safe(text: str) -> str:
    """Put `'` before text that opens like a formula, also after blanks; leave other text."""
    starts = (text[:1], text.lstrip()[:1])
    return f"'{text}" if any(start in FORMULA_STARTS for start in starts) else text


def make_texts_safe(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each row of `frame`, every text made safe; numbers and dates are untouched."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.Series(name, _safe_or_null(frame[name].to_list()), dtype=pl.String) for name in texts
    )


def _safe_or_null(texts: Sequence[str | None]) -> list[str | None]:
    return [None if text is None else make_safe(text) for text in texts]
