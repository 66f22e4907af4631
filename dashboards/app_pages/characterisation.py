"""What are the people of a study like, and where do groups of them differ?"""

from dashboards import answers, charts, components, data, model_tables, pickers, words
from dashboards.choosing import attributes_of, described_by

study = pickers.study_picker(data.studies("cohort_characteristic"))
characteristics = data.cohort_characteristic(study)

components.header(
    "What are these people like?", answers.characteristics(characteristics), study=study
)
attribute = pickers.described_by_picker(attributes_of(characteristics))
described = described_by(characteristics, attribute)

with components.section("Where do they differ most?", answers.differences(described)):
    if components.any_rows(charts.differing(described), "No difference can be shown here."):
        components.chart(
            charts.standardised_differences(described),
            alt=f"Standardised mean differences: {words.DESCRIBED_BY[attribute]}",
        )

with components.section("Table 1", answers.about_table_1(described)):
    model_tables.characteristics(described)
    components.small_cells_note(described)

components.terms(
    "standardised mean difference",
    "covariate",
    "outcome",
    "reference group",
    "index date",
    "suppressed",
)
components.footer(characteristics, caution=answers.NOT_CAUSES)
