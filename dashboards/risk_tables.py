"""Tables about people: the risk list, and who took which list."""

import polars as pl
import streamlit as st

from dashboards.tables import ROWS_WITHOUT_SCROLLING, count, table


def risk_list(rows: pl.DataFrame) -> int:
    """The people by risk; the number of the row the reader chose, the first until then."""
    shown = rows.with_columns(pl.col("risk") * 100)
    columns = {
        "risk_rank": st.column_config.NumberColumn("Place", width="small"),
        "person_id": st.column_config.NumberColumn("Person", format="%d", width="small"),
        "risk": st.column_config.ProgressColumn(
            "Risk", format="%.1f %%", min_value=0, max_value=100, width="medium"
        ),
        "age": st.column_config.NumberColumn("Age", width="small"),
        "sex": st.column_config.TextColumn("Sex", width="small"),
        "reason_1": st.column_config.TextColumn("First reason", width="large"),
        "reason_2": st.column_config.TextColumn("Second reason", width="large"),
        "care_site_id": st.column_config.NumberColumn("Care site", format="%d", width="small"),
        "index_date": st.column_config.DateColumn("Risk counts from", format="D MMM YYYY"),
    }
    event = st.dataframe(
        shown.select(*columns),
        column_config=columns,
        hide_index=True,
        width="stretch",
        height="content" if rows.height <= ROWS_WITHOUT_SCROLLING else 560,
        on_select="rerun",
        selection_mode="single-row",
        key="chosen_person",
    )
    chosen = event["selection"]["rows"]
    return int(chosen[0]) if chosen and chosen[0] < rows.height else 0


def exports(rows: pl.DataFrame) -> None:
    """Who took which list, when and why."""
    table(
        rows,
        {
            "exported_at": st.column_config.TextColumn("When (UTC)"),
            "user": st.column_config.TextColumn("Who"),
            "purpose": st.column_config.TextColumn("Purpose", width="medium"),
            "filters": st.column_config.TextColumn("Part of the list", width="medium"),
            "n_people": count("People"),
            "file_name": st.column_config.TextColumn("File"),
            "file_hash": st.column_config.TextColumn("SHA-256 of the file", width="small"),
        },
        empty="–",
    )
