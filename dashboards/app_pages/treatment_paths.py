"""Which treatments follow which?"""

from dashboards import answers, cards, charts, components, data, palette, tables, words
from dashboards.choosing import steps_of, steps_shown

study = components.study_picker(data.studies("treatment_pathway"), key="paths")
paths = data.treatment_pathway(study)
colours = palette.event_colours(steps_of(paths))

components.header("Which treatments follow which?", answers.paths(paths), study=study)
components.show_cards(cards.paths(paths))

with components.section("The most common paths", words.study_words(study).question):
    tables.paths(paths)
    components.small_cells_note(paths)

with components.section("From the first treatment outwards"):
    components.colour_key(colours, steps_shown(paths))
    components.chart(charts.path_rings(paths, colours), alt=answers.paths(paths))

with components.section("Step by step"):
    components.chart(
        charts.path_flow(paths, colours), alt="Flows of people between treatment steps"
    )

components.terms("pathway", "step", "era", "combination", "suppressed")
components.footer(caution=answers.PATHS_CAUTION)
