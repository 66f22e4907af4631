"""Tables of data quality: what fails, what says nothing, of whom less is recorded, what jumps."""

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from analytics.settings import current_settings
from dashboards import amounts, words
from dashboards.tables import count, table, table_to_take

STATUS_SIGNS = {"ran": "● ran", "reused": "○ reused", "withheld": "⊘ withheld"}
PLACE = pl.concat_str("table_name", "column_name", separator=".", ignore_nulls=True)
NONE = "–"


def to_fix_first(rows: pl.DataFrame) -> None:
    """Each of OHDSI's checks to fix: what it asks, how many rows break it, whom it concerns."""
    about = pl.concat_str("rule", "concept_name", separator=" ", ignore_nulls=True)
    table_to_take(
        rows.with_columns(
            pl.col("studies").str.replace_all(",", ", "),
            pl.col("severity").replace(words.CHECK_SEVERITIES),
            place=PLACE,
            about=about,
            limit=_said(_limit, "limit_share", "is_past_limit"),
            rows=_said(_rows_about, "n_violated"),
            share=_said(_share_about, "n_violated", "share"),
        ),
        {
            "place": st.column_config.TextColumn("Where", width=330),
            "about": st.column_config.TextColumn("What is asked", width=300),
            "n_touched": st.column_config.NumberColumn("Studies", width=70),
            "rows": st.column_config.TextColumn("Rows, about", width=104, alignment="right"),
            "share": st.column_config.TextColumn("Share", width=84, alignment="right"),
            "limit": st.column_config.TextColumn(
                "Limit", width=112, help="Past this share a study that uses it stops."
            ),
            "severity": st.column_config.TextColumn("Severity", width=150),
            "studies": st.column_config.TextColumn("Which studies", width="large"),
            "check_id": st.column_config.TextColumn("Check", width="large"),
        },
        "what_to_fix_first",
        empty=NONE,
    )


def checks_counted(rows: pl.DataFrame, by: str) -> None:
    """How many of OHDSI's checks ended how."""
    is_kind, is_severity = by == "check_name", by == "severity"
    named = pl.col("name").replace(words.CHECK_SEVERITIES) if is_severity else pl.col("name")
    asked = {"rule": st.column_config.TextColumn("What is asked", width="large")} if is_kind else {}
    table_to_take(
        rows.with_columns(name=named),
        {
            "name": st.column_config.TextColumn(words.CHECKS_BY[by], width="medium"),
            **asked,
            "failed": count("Failed"),
            "error": count("In error"),
            "not_checked": count("Not checked"),
            "passed": count("Passed"),
        },
        f"checks_by_{by}",
        empty=NONE,
    )


def breaches(rows: pl.DataFrame) -> None:
    """Each broken clause of a contract: where, what it asks, how many rows, and the limit."""
    table_to_take(
        rows.with_columns(
            pl.col("limit_share") * 100,
            place=PLACE,
            rows=_said(_rows_of, "severity", "n_violated", "n_rows", "is_suppressed"),
            said=_said(_share_of, "severity", "share", "is_suppressed"),
        ),
        {
            "place": st.column_config.TextColumn("Where", width="medium"),
            "rule": st.column_config.TextColumn("What the contract asks", width="large"),
            "rows": st.column_config.TextColumn("Rows broken", width=140, alignment="right"),
            "said": st.column_config.TextColumn("Share", width=84, alignment="right"),
            "limit_share": st.column_config.NumberColumn(
                "Limit, %", format="%.0f", width=70, help="The share past which a run stops."
            ),
            "severity": st.column_config.TextColumn(
                "Kind", width=90, help="`structural`: a table or column is not as promised."
            ),
        },
        "breaches",
        empty=NONE,
    )


def told_apart(rows: pl.DataFrame) -> None:
    """Each group of whom less or more is recorded than of others."""
    signs = {"less than others": "▼ less", "more than others": "▲ more"}
    table_to_take(
        rows.with_columns(
            pl.col("verdict").replace(signs),
            pl.col("attribute").replace(words.RECORDED_BY),
        ),
        {
            "group_name": st.column_config.TextColumn("Group", width="medium"),
            "verdict": st.column_config.TextColumn("Recorded", width="small"),
            "title": st.column_config.TextColumn("What", width="medium"),
            "value": st.column_config.NumberColumn("Of the group", format="%.2f"),
            "value_of_others": st.column_config.NumberColumn(
                "Of others", format="%.2f", help="Of the same age, sex, year and time observed."
            ),
            "unit": st.column_config.TextColumn("In", width="medium"),
            "size": st.column_config.TextColumn("People", width="small"),
            "attribute": st.column_config.TextColumn("By", width="small"),
        },
        "recorded_less_or_more",
        empty=NONE,
    )


def recorded(rows: pl.DataFrame, attribute: str) -> None:
    """Each measure and group of the attribute: what is recorded of it, and of others."""
    here = rows.filter(pl.col("attribute") == attribute)
    values = {name: _said(_number_of, name, "is_suppressed") for name in ("value", "ratio")}
    others = _said(_number_of, "value_of_others", "is_suppressed")
    table_to_take(
        here.with_columns(**values, value_of_others=others),
        {
            "title": st.column_config.TextColumn("What", width="medium"),
            "group_name": st.column_config.TextColumn("Group", width="medium"),
            "value": st.column_config.TextColumn("Of the group", alignment="right"),
            "value_of_others": st.column_config.TextColumn("Of others", alignment="right"),
            "ratio": st.column_config.TextColumn("Times others", alignment="right"),
            "unit": st.column_config.TextColumn("In", width="medium"),
            "verdict": st.column_config.TextColumn("Verdict", width="medium"),
            "size": st.column_config.TextColumn("People", width="small"),
        },
        f"recorded_by_{attribute}",
        empty=NONE,
    )


def jumps(rows: pl.DataFrame) -> None:
    """Each measure and year that jumps from the year before."""
    table_to_take(
        rows.with_columns(
            pl.col("verdict").replace({"jump down": "▼ down", "jump up": "▲ up"}),
            pl.col("calendar_year").cast(pl.String),
        ),
        {
            "calendar_year": st.column_config.TextColumn("Year", width="small"),
            "verdict": st.column_config.TextColumn("Jump", width="small"),
            "title": st.column_config.TextColumn("What", width="large"),
            "value": st.column_config.NumberColumn("In the year", format="%.2f"),
            "unit": st.column_config.TextColumn("In", width="medium"),
            "ratio_to_year_before": st.column_config.NumberColumn(
                "Times the year before", format="%.2f"
            ),
        },
        "jumps",
        empty=NONE,
    )


def unchecked(rows: pl.DataFrame) -> None:
    """Each check that says nothing, and why."""
    said = {"not_checked": "not made", "error": "ended in an error"}
    table_to_take(
        rows.with_columns(pl.col("status").replace(said), place=PLACE),
        {
            "place": st.column_config.TextColumn("Where", width="medium"),
            "rule": st.column_config.TextColumn("What is asked", width="medium"),
            "status": st.column_config.TextColumn("Status", width="small"),
            "message": st.column_config.TextColumn("Why", width="large"),
        },
        "not_checked",
        empty=NONE,
    )


def runs(rows: pl.DataFrame) -> None:
    """What was done, for which study, on how many people, and how long it took."""
    shown = rows.with_columns(
        pl.when(pl.col("study") == "").then(pl.lit("all studies")).otherwise("study").alias("for"),
        pl.col("status").replace(STATUS_SIGNS),
    )
    table(
        shown,
        {
            "finished_at": st.column_config.DatetimeColumn(
                "Finished (UTC)", format="D MMM YYYY, HH:mm:ss"
            ),
            "for": st.column_config.TextColumn("Study"),
            "step": st.column_config.TextColumn("Step", width="medium"),
            "status": st.column_config.TextColumn(
                "Status", width="small", help="Reused: nothing it depends on had changed."
            ),
            "note": st.column_config.TextColumn("Why", width="medium"),
            "n_people": count("People"),
            "seconds": st.column_config.NumberColumn("Seconds", format="%.1f"),
            "run_id": st.column_config.TextColumn("Run"),
        },
        empty=NONE,
    )


def _said(words_of: Callable[[dict[str, object]], str], *columns: str) -> pl.Expr:
    return pl.struct(*columns).map_elements(words_of, return_dtype=pl.String)


def _rows_about(row: Mapping[str, object]) -> str:
    """Rows that fail, rounded; of tables about nobody a small number is rounded to nothing."""
    n = row["n_violated"]
    if n == 0:
        return f"fewer than {current_settings().smallest_cell}"
    return amounts.count(n if isinstance(n, int) else None)


def _share_about(row: Mapping[str, object]) -> str:
    share = amounts.number(row["share"])
    if share is None:
        return amounts.WITHHELD
    return "<0.1\N{NO-BREAK SPACE}%" if share < 0.001 else amounts.share(share)


def _limit(row: Mapping[str, object]) -> str:
    limit = amounts.number(row["limit_share"])
    if limit is None:
        return "none"
    return f"{'◆ past ' if row['is_past_limit'] else ''}{100 * limit:g}\N{NO-BREAK SPACE}%"


def _rows_of(row: Mapping[str, object]) -> str:
    n, of = row["n_violated"], row["n_rows"]
    if row["severity"] == "structural":
        return NONE
    if isinstance(n, int) and isinstance(of, int):
        return f"{amounts.count(n)} of {amounts.count(of)}"
    return amounts.WITHHELD if row["is_suppressed"] else NONE


def _share_of(row: Mapping[str, object]) -> str:
    share = amounts.number(row["share"])
    if row["severity"] == "structural":
        return NONE
    if share is None:
        return amounts.WITHHELD if row["is_suppressed"] else NONE
    return amounts.share(share)


def _number_of(row: Mapping[str, object]) -> str:
    (number,) = (amounts.number(cell) for name, cell in row.items() if name != "is_suppressed")
    if number is None:
        return amounts.WITHHELD if row["is_suppressed"] else NONE
    return f"{number:.2f}"
