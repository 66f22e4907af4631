"""Which treatments follow which, and for whom?"""

from dashboards import (
    cards,
    charts,
    components,
    data,
    palette,
    pickers,
    treatment_answers,
    treatment_tables,
    words,
)
from dashboards.choosing import paths_of, steps_shown

study = pickers.study_picker(data.studies("treatment_pathway"), key="paths")
everyone = data.treatment_pathway(study)
by_group = data.treatment_pathway_by_group(study)
events = data.pathway_event(study)
about = treatment_answers.about(everyone, events)
colours = palette.event_colours(data.events_by_study())

components.header("Which treatments follow which?", treatment_answers.paths(everyone), study=study)
components.show_cards(cards.paths(everyone))

attribute, group = pickers.path_filters(by_group)
paths = paths_of(everyone, by_group, attribute, group)
with components.section("The most common paths", words.study_words(study).question):
    treatment_tables.paths(paths, about=about, called=group)
    components.small_cells_note(paths)

if components.any_rows(paths.drop_nulls("n_people"), treatment_answers.nothing_of(group)):
    whom = treatment_answers.of_whom(attribute, group)
    with components.section("From the first treatment outwards", whom):
        components.colour_key(colours, steps_shown(paths))
        components.chart(charts.path_rings(paths, colours), alt=treatment_answers.paths(paths))
    with components.section("Step by step"):
        components.chart(charts.path_flow(paths, colours), alt=treatment_answers.paths(paths))

if attribute != "overall":
    by = f"By group: {words.PATHS_BY[attribute]}"
    with components.section(by, treatment_answers.PATHS_BY_GROUP):
        treatment_tables.paths_by_group(by_group, attribute, about=about)

with components.section("Where the records come from", treatment_answers.reading(everyone)):
    treatment_tables.sources(events, about=about)

components.terms("pathway", "step", "era", "combination", "suppressed")
components.footer(caution=treatment_answers.PATHS_CAUTION)
