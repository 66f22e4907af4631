"""Does the risk model serve every group alike?"""

import streamlit as st

from dashboards import answers, cards, charts, components, data, metrics, model_tables, pickers
from dashboards.choosing import main_model, metrics_of, of_metric, of_model

study = pickers.study_picker(data.studies("fairness_audit"))
audit = data.fairness_audit(study)
main = main_model(audit)
audit = of_model(audit, main)

components.header("Does the model serve every group alike?", answers.fairness(audit), study=study)
components.show_cards(cards.verdicts(audit))
components.rests_on(study)
components.blind_spot(study)

with components.section("Group by group"):
    metric = pickers.metric_picker(metrics_of(audit))
    components.chart(
        charts.metric_by_group(audit, metric), alt=f"{metrics.metric(metric).label} by group"
    )
    model_tables.audit(audit, metric)
    components.small_cells_note(of_metric(audit, metric))

st.info(answers.CALIBRATION_OR_ERROR_RATES, icon=":material/balance:")

components.terms(
    "attribute",
    "group",
    "reference group",
    "disparity",
    "differs as risks do",
    "calibration",
    "suppressed",
)
components.footer(audit)
