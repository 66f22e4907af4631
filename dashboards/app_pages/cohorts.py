"""Which cohorts are there, what opens them, and what may be missing from them?"""

from dashboards import answers, charts, cohort_tables, components, data, pickers
from dashboards.choosing import one_row

cohorts = data.cohort_summary()
cohort = pickers.cohort_picker(dict(cohorts.select("cohort_name", "title").iter_rows()))
chosen = one_row(cohorts, cohort_name=cohort)

components.header("Who is in the cohorts, and can they be relied on?", answers.cohort(chosen))

with components.section("All cohorts"):
    cohort_tables.cohorts(cohorts)
    components.small_cells_note(cohorts)

with components.section("What the cohort is"):
    components.definition_in_words(str(chosen["described"]))

with components.section("What each rule leaves", answers.ATTRITION_CAUTION):
    cohort_tables.cohort(data.cohort_attrition(cohort))
    by_group = data.cohort_attrition_by_group(cohort, pickers.group_picker())
    cohort_tables.cohort_groups(by_group)

with components.section("What opens it", answers.INDEX_EVENTS_CAUTION):
    events = data.cohort_index_event(cohort)
    cohort_tables.index_events(events)
    components.small_cells_note(events)

with components.section("How many enter it for the first time?", answers.INCIDENCE_CAUTION):
    incidence = data.cohort_incidence(cohort)
    components.chart(charts.incidence_by_group(incidence), alt=answers.incidence(incidence))
    components.small_cells_note(incidence)

with components.section("Who is in other cohorts, too?", answers.OVERLAP_CAUTION):
    overlaps = data.cohort_overlap(cohort)
    cohort_tables.overlaps(overlaps, cohorts, cohort)
    components.small_cells_note(overlaps)

with components.section("What its concept sets may lack", answers.ORPHANS_CAUTION):
    orphans = data.orphan_concept(str(chosen["concept_sets"]).split(", "))
    cohort_tables.orphans(orphans)
    components.small_cells_note(orphans)

components.terms("cohort", "concept set", "incidence", "orphan concept", "washout", "suppressed")
components.footer(caution=answers.COHORTS_CAUTION)
