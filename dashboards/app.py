"""The dashboard's front door: the pages, and one sentence where a page has nothing to show."""

from pathlib import Path

import streamlit as st

from dashboards import components, data

HERE = Path(__file__).resolve().parent

# A picture of our own: a named icon would be fetched from elsewhere.
st.set_page_config(
    page_title="Catchment",
    page_icon=str(HERE / "mark.png"),
    layout="wide",
    initial_sidebar_state=330,
)
st.logo(str(HERE / "wordmark.svg"), size="large")
st.html(components.LOOK)

pages = {
    "What was found": [
        st.Page(
            "app_pages/population.py", title="Population", icon=":material/groups:", default=True
        ),
        st.Page(
            "app_pages/characterisation.py",
            title="Characterisation",
            icon=":material/table_chart:",
        ),
        st.Page("app_pages/model.py", title="Model", icon=":material/monitoring:"),
        st.Page("app_pages/fairness.py", title="Fairness", icon=":material/balance:"),
        st.Page("app_pages/treatment_paths.py", title="Treatment paths", icon=":material/route:"),
        st.Page(
            "app_pages/lines_of_therapy.py",
            title="Lines of therapy",
            icon=":material/linear_scale:",
        ),
    ],
    "Whether to trust it": [
        st.Page("app_pages/cohorts.py", title="Cohorts", icon=":material/diversity_3:"),
        st.Page("app_pages/data_quality.py", title="Data quality", icon=":material/fact_check:"),
    ],
}
if data.served().shows_people:
    pages["People"] = [
        st.Page("app_pages/risk_list.py", title="Risk list", icon=":material/call:"),
    ]

page = st.navigation(pages)
try:
    page.run()
except data.NothingToShow as nothing:
    st.title(page.title, anchor=False)
    components.empty(nothing)
    if nothing.study is not None:
        components.rests_on(nothing.study)
    components.withheld_studies()
components.withheld_note()
