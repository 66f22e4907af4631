"""Does the model rank and weigh risk well enough to act on?"""

from dashboards import answers, cards, charts, components, data, model_tables, pickers
from dashboards.choosing import main_model, of_model

study = pickers.study_picker(data.studies("model_performance"))
performance = data.model_performance(study)
main = main_model(performance)

components.header("How good is the model?", answers.model(performance), study=study)
components.show_cards(cards.performance(performance, main))
components.rests_on(study)

with components.section("Beside its baselines", answers.validation(performance)):
    model_tables.performance(performance)

with components.section("Calibration"):
    model_name = pickers.model_picker(performance)
    components.chart(
        charts.calibration_curve(data.calibration(study), model_name),
        alt="Outcome rate against mean predicted risk",
    )

with components.section("Worth of acting on it"):
    curve = data.decision_curve(study)
    components.chart(charts.decision_curve(curve), alt="Net benefit by threshold for each model")
    components.small_cells_note(curve)

with components.section("What drives the risk"):
    importance = data.covariate_importance(study)
    components.chart(
        charts.what_drives(importance, main_model(importance)),
        alt="Covariates by mean absolute contribution",
    )

components.terms("discrimination", "calibration", "net benefit", "threshold", "covariate", "risk")
components.footer(of_model(performance, main))
