"""The panel by which a risk list leaves the screen: purpose first, then the file, then the log.

The file is made by `analytics.exports`, so that no list leaves without an entry in the log.
"""

from datetime import UTC, datetime

import polars as pl
import streamlit as st

from analytics.errors import CatchmentError
from analytics.exports import FORMATS, ExportRecord, export_risk_list
from analytics.exports.risk_list import INTENDED_USE
from analytics.pipelines.exporting import check_counts
from analytics.settings import current_settings
from dashboards import data, risk_tables, words

MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_panel(people: pl.DataFrame, *, study: str, filters: str) -> None:
    """Ask what the list is for, make the file, offer it, and show the log of exports."""
    user = current_settings().user
    st.caption(
        f"The people shown above ({filters}) go into the file. Who takes it ({user}), when and "
        "what for is written to the log of exports."
    )
    with st.form("export", border=True):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        purpose = left.text_input(
            "What is this list for?", placeholder="e.g. discharge calls, week 23"
        )
        chosen = right.segmented_control(
            "File", FORMATS, default="xlsx", format_func=str.upper, required=True
        )
        asked = st.form_submit_button(
            "Prepare the file", icon=":material/description:", type="primary"
        )
    made = f"export_of_{study}"
    if asked:
        try:
            st.session_state[made] = _export(
                people, study=study, filters=filters, purpose=purpose, user=user, format=str(chosen)
            )
        except CatchmentError as error:
            st.session_state.pop(made, None)
            st.error(str(error))
    if isinstance(record := st.session_state.get(made), ExportRecord):
        _offer(record)
    _show_log()


def _export(
    people: pl.DataFrame, *, study: str, filters: str, purpose: str, user: str, format: str
) -> ExportRecord:
    # Where the published files lie apart from their workspace, nobody can tell what counts there.
    if (place := data.workspace()).warehouse.is_file():
        check_counts(people, study, place)
    now = datetime.now(UTC)
    said = words.study_words(study)
    name = f"risk_list_{study}_{now:%Y%m%dT%H%M%S}.{format}"
    return export_risk_list(
        people,
        data.exports_folder() / name,
        format="csv" if format == "csv" else "xlsx",
        study=study,
        user=user,
        purpose=purpose,
        exported_at=now,
        log=data.exports_folder() / "log.jsonl",
        filters=filters,
        study_title=said.title,
        intended_use=said.intended_use or INTENDED_USE,
    )


def _offer(record: ExportRecord) -> None:
    file = data.exports_folder() / record.file_name
    if not file.is_file():
        return
    st.success(f"{record.file_name} holds {record.n_people:,} people and is in the log.")
    st.download_button(
        "Download",
        file.read_bytes(),
        file_name=record.file_name,
        mime=MIME[file.suffix[1:]],
        icon=":material/download:",
        on_click="ignore",
    )


def _show_log() -> None:
    log = data.export_log()
    check = data.export_log_check()
    with st.expander(f"Log of exports ({check.n_entries:,})", icon=":material/history:"):
        if not check.is_intact:
            st.error(f"The log is not whole: {words.listing(check.faults)}.")
        if log.is_empty():
            st.caption("Nothing has been exported from this workspace yet.")
        else:
            risk_tables.exports(log)
