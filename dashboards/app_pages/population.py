"""Who is in the study, and how many of them had the outcome?"""

from dashboards import answers, cards, charts, cohort_tables, components, data, pickers, words
from dashboards.choosing import of_attributes

study = pickers.study_picker(data.studies("study_attrition"))
attrition = data.study_attrition(study)

components.header("Who is in the study?", answers.population(attrition, study), study=study)
components.show_cards(cards.population(attrition))
components.rests_on(study)

with components.section("From the target cohort to the study", words.study_words(study).question):
    components.chart(charts.attrition_bars(attrition), alt="People who remain after each rule")
    cohort_tables.attrition(attrition)

with components.section("Profile"):
    profile = data.population_profile(study)
    components.chart(charts.profile_bars(profile), alt="People and outcome rate by group")
    components.small_cells_note(of_attributes(profile, charts.PROFILED))

target = words.study_words(study).target
if target:
    with components.section(
        f"How the target cohort was found: {target}", answers.ATTRITION_CAUTION
    ):
        cohort_tables.cohort(data.cohort_attrition(target))
        by_group = data.cohort_attrition_by_group(target, pickers.group_picker())
        cohort_tables.cohort_groups(by_group)

components.terms(
    "attrition", "population", "target", "outcome", "index date", "time at risk", "suppressed"
)
components.footer(attrition)
