"""An example of an attribute as two people in a CDM, and the definition that finds the first."""

from collections.abc import Iterator

from tests.support.criteria_examples import ASKED, TABLES, Columns, Example


def rows_of(example: Example) -> Iterator[tuple[str, Columns]]:
    """Rows of two people with one event each, that of the first with the attribute."""
    table = TABLES[example.kind]
    owner = "entity_id" if example.kind == "LocationRegion" else "person_id"
    for person_id, own in ((1, example.hit), (2, example.miss)):
        observed = {
            "person_id": person_id,
            "observation_period_start_date": "2000-01-01",
            "observation_period_end_date": "2020-01-01",
        }
        if example.kind != "ObservationPeriod":
            yield "observation_period", observed
        event: Columns = {table.key: person_id, table.start: "2010-01-01"}
        if table.end:
            event[table.end] = "2010-02-01"
        yield table.name, {owner: person_id, **event, **own}
        if example.kind == "LocationRegion" and "location_id" not in own:
            yield "location", {"location_id": person_id}
    for name, rows in example.beside.items():
        for row in rows:
            yield name, row


def definition_of(kind: str, attributes: Columns) -> Columns:
    """People with an event of this kind that has these attributes, in Circe's JSON."""
    concepts = [{"concept": {"CONCEPT_ID": ASKED}}]
    return {
        "ConceptSets": [{"id": 0, "name": "asked", "expression": {"items": concepts}}],
        "PrimaryCriteria": {
            "CriteriaList": [{kind: attributes}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        "QualifiedLimit": {"Type": "All"},
        "ExpressionLimit": {"Type": "All"},
    }
