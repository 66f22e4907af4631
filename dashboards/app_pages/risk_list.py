"""Whom should the team contact first?"""

import streamlit as st

from dashboards import answers, cards, components, data, exporting, pickers, risk_tables
from dashboards.choosing import chosen_people

study = pickers.study_picker(data.risk_list_studies())
people = data.risk_list(study)

components.header("Whom should we contact first?", answers.risk(people, study), study=study)
chosen = pickers.risk_filters(people)
shown = chosen_people(people, chosen)
components.show_cards(cards.risk(people, shown))

if components.any_rows(shown, "Nobody on the list fits these filters. Loosen one of them."):
    components.person_card(shown.row(risk_tables.risk_list(shown), named=True))

    st.subheader("Take the list with you", anchor=False)
    exporting.export_panel(shown, study=study, filters=answers.filters(chosen))

components.terms("risk", "index date", "capacity", "threshold")
components.footer(people)
