"""Who a person is at an index event, as conditions on `person` and on the event."""

from analytics.phenotypes.compiler.attributes import (
    LISTS,
    age_condition,
    concept_condition,
    given_attributes,
)
from analytics.phenotypes.compiler.comparisons import compare_date
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.sql_text import in_select
from analytics.phenotypes.compiler.windows import Index
from analytics.phenotypes.expression import (
    ConceptSetSelection,
    DateRange,
    DemographicCriterion,
    NumericRange,
)

PERSON_COLUMNS = {
    "gender": "gender_concept_id",
    "race": "race_concept_id",
    "ethnicity": "ethnicity_concept_id",
}


def demographic_conditions(
    model: Model, demographic: DemographicCriterion, index: Index
) -> list[str]:
    """One condition for each attribute that is given."""
    conditions = []
    for name, value in given_attributes(demographic).items():
        attribute = LISTS.get(name, name.removesuffix("_concept_set"))
        if isinstance(value, NumericRange):
            conditions.append(age_condition(f"{index.name}.start_date", value))
        elif isinstance(value, DateRange):
            conditions.append(compare_date(f"{index.name}.{name}", value))
        elif isinstance(value, ConceptSetSelection):
            column = f"person.{PERSON_COLUMNS[attribute]}"
            conditions.append(concept_condition(model, column, value))
        else:
            column = f"person.{PERSON_COLUMNS[attribute]}"
            concepts = getattr(demographic, name)
            members = model.attribute_set(attribute, concepts)
            conditions.append(in_select(column, members, "concept_id"))
    return conditions
