"""What do people take first, second and third, for how long, and what follows?"""

from dashboards import (
    charts,
    components,
    data,
    palette,
    pickers,
    treatment_answers,
    treatment_tables,
)
from dashboards.choosing import following, lines_of, of_line, of_measure

study = pickers.study_picker(data.studies("treatment_line"), key="paths")
lines = data.treatment_line(study)
about = treatment_answers.about(lines, data.pathway_event(study))
colours = palette.event_colours(data.events_by_study())

components.header(
    "What is taken at each line, and what follows?", treatment_answers.lines(lines), study=study
)
with components.section("Lines of therapy", treatment_answers.LINES):
    treatment_tables.lines(lines, about=about)
    components.small_cells_note(lines)
    components.chart(charts.line_bars(lines, colours), alt=treatment_answers.lines(lines))

number = pickers.line_picker(lines_of(lines))
of_number = of_line(lines, number)
with components.section(f"What follows in line {number}", treatment_answers.FOLLOWING):
    treatment_tables.following(of_number, number, about=about)
    if components.any_rows(following(of_number), treatment_answers.nothing_follows(number)):
        components.chart(charts.following_bars(of_number), alt=f"What follows in line {number}")

with components.section("How long", treatment_answers.DURATIONS):
    durations = data.treatment_duration(study)
    treatment_tables.durations(durations, about=about)
    components.small_cells_note(durations)
    for measure in ("days on treatment", "days to next line"):
        rows = of_measure(of_line(durations, number), measure)
        if components.any_rows(rows.drop_nulls("days_median"), treatment_answers.none_of(measure)):
            components.chart(charts.duration_ranges(rows, colours), alt=measure)

with components.section("Who stays on it", treatment_answers.PERSISTENCE):
    persistence = of_line(data.treatment_persistence(study), number)
    if components.any_rows(persistence, treatment_answers.NO_PERSISTENCE):
        treatment_tables.persistence(persistence, about=about)
        components.small_cells_note(persistence)
        components.chart(charts.persistence_curves(persistence, colours), alt="Persistence")

with components.section("Days covered", treatment_answers.DAYS_COVERED):
    covered = of_line(data.treatment_days_covered(study), number)
    if components.any_rows(covered, treatment_answers.NO_PERSISTENCE):
        treatment_tables.days_covered(covered, about=about)
        components.small_cells_note(covered)

components.terms("line of therapy", "persistence", "proportion of days covered", "combination")
components.footer(caution=f"{treatment_answers.LINES_CAUTION} {about.words}")
