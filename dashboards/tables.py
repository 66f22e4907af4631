"""Tables of the pages: a mart's rows under headings in plain words, to be taken away as CSV."""

import re
from collections.abc import Mapping

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.exports.safe_text import make_safe, make_texts_safe
from dashboards import amounts

ROWS_WITHOUT_SCROLLING = 20


def table(
    rows: pl.DataFrame, columns: Mapping[str, ColumnConfig], *, empty: str = amounts.WITHHELD
) -> None:
    """The rows across the page; `empty` stands where there is no value."""
    st.dataframe(
        rows.select(*columns),
        column_config=columns,
        hide_index=True,
        width="stretch",
        height="content" if rows.height <= ROWS_WITHOUT_SCROLLING else 560,
        placeholder=empty,
    )


def table_to_take(
    rows: pl.DataFrame,
    columns: Mapping[str, ColumnConfig],
    called: str,
    *,
    empty: str = amounts.WITHHELD,
    also: Mapping[str, pl.Expr] | None = None,
) -> None:
    """The rows across the page, and the same as a CSV file with the same headings.

    `also` are columns of the file alone: what has to travel with the numbers.
    """
    table(rows, columns, empty=empty)
    titles = {column: str(config["label"] or column) for column, config in columns.items()}
    taken = rows.select(*columns).rename(titles)
    take_as_csv(taken.with_columns(**(also or {})), called, empty=empty)


def take_as_csv(shown: pl.DataFrame, called: str, *, empty: str = amounts.WITHHELD) -> None:
    """Offer the table as it is shown as a CSV file; what is withheld says so there, too.

    Names of groups come from the CDM: none of them can be taken for a formula.
    """
    in_words = shown.with_columns(pl.all().cast(pl.String).fill_null(empty))
    said = make_texts_safe(in_words).rename({name: make_safe(name) for name in shown.columns})
    st.download_button(
        "CSV",
        said.write_csv().encode(),
        file_name=f"{re.sub(r'[^0-9A-Za-z]+', '_', called).strip('_')}.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"csv of {called}",
        on_click="ignore",
        type="tertiary",
    )


def count(label: str) -> ColumnConfig:
    """The column of a count."""
    # Wide enough for its label, and for the word that stands where a count is withheld.
    return st.column_config.NumberColumn(
        label, format="localized", width=max(92, 30 + 7 * len(label))
    )
