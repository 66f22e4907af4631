"""Random people with few concepts and close dates, and random definitions about them."""

from datetime import date, timedelta
from random import Random

import duckdb

from tests.support.circe import add_columns
from tests.support.plainly_circe import Event, Json, Person

KINDS = {
    "ConditionOccurrence": ("condition_occurrence", "condition", "condition_start_date"),
    "DrugExposure": ("drug_exposure", "drug", "drug_exposure_start_date"),
    "ProcedureOccurrence": ("procedure_occurrence", "procedure", "procedure_date"),
    "VisitOccurrence": ("visit_occurrence", "visit", "visit_start_date"),
}
CONCEPTS = (1, 2, 3)
FIRST_DAY = date(2010, 1, 1)
N_DAYS = 60


def random_people(random: Random, number: int) -> list[Person]:
    """People with one or two observation periods and a dozen events each."""
    return [_random_person(random, person_id) for person_id in range(1, number + 1)]


def _random_person(random: Random, person_id: int) -> Person:
    middle = random.randrange(20, 40)
    observed = [_span(random.randrange(0, 10), middle)]
    if random.random() < 0.6:
        observed.append(_span(middle + random.randrange(1, 8), N_DAYS))
    else:
        observed = [(observed[0][0], _day(N_DAYS - random.randrange(0, 10)))]
    events = {}
    for number, kind in enumerate(KINDS):
        events[kind] = tuple(
            _random_event(random, person_id * 100 + number * 20 + place, kind, tuple(observed))
            for place in range(random.randrange(0, 6))
        )
    return Person(person_id, random.randrange(1940, 2000), tuple(observed), events)


def _random_event(random: Random, event_id: int, kind: str, observed: tuple) -> Event:
    start = _day(random.randrange(0, N_DAYS))
    length = 1 if kind == "ProcedureOccurrence" else random.randrange(0, 12)
    visit_id = event_id if kind == "VisitOccurrence" else random.choice([None, *_visits(event_id)])
    inside = [span for span in observed if span[0] <= start <= span[1]]
    return Event(
        event_id,
        start,
        start + timedelta(length),
        random.choice(CONCEPTS),
        visit_id,
        inside[0] if inside else None,
    )


def _visits(event_id: int) -> list[int]:
    person_id = event_id // 100
    return [person_id * 100 + 60 + place for place in range(3)]


def load_people(people: list[Person]) -> duckdb.DuckDBPyConnection:
    """A CDM that holds the people."""
    cdm = duckdb.connect(config={"threads": 1})
    add_columns(cdm)
    cdm.execute("insert into stg_omop__concept (concept_id) select unnest(?)", [list(CONCEPTS)])
    for person in people:
        _insert(cdm, "person", person_id=person.person_id, year_of_birth=person.year_of_birth)
        for start, end in person.observed:
            _insert(
                cdm,
                "observation_period",
                person_id=person.person_id,
                observation_period_start_date=start,
                observation_period_end_date=end,
            )
        for kind, events in person.events.items():
            table, domain, start_column = KINDS[kind]
            for event in events:
                row = {
                    "person_id": person.person_id,
                    f"{table}_id": event.event_id,
                    f"{domain}_concept_id": event.concept_id,
                    start_column: event.start,
                    "visit_occurrence_id": event.visit_id,
                }
                if kind != "ProcedureOccurrence":
                    row[start_column.replace("start", "end")] = event.end
                _insert(cdm, table, **row)
    return cdm


def _insert(cdm: duckdb.DuckDBPyConnection, table: str, **row: object) -> None:
    marks = ", ".join("?" for _ in row)
    cdm.execute(
        f"insert into stg_omop__{table} ({', '.join(row)}) values ({marks})", [*row.values()]
    )


def random_definition(random: Random) -> Json:
    """A definition with any structure. Of events on one day the one with the lowest id is first."""
    definition: Json = {
        "ConceptSets": [
            {
                "id": number,
                "name": f"set {number}",
                "expression": {"items": [{"concept": {"CONCEPT_ID": c}} for c in concepts]},
            }
            for number, concepts in enumerate(((1,), (2,), (3,), (1, 2), (2, 3)))
        ],
        "PrimaryCriteria": {
            "CriteriaList": [_criterion(random, 0) for _ in range(random.choice((1, 1, 2)))],
            "ObservationWindow": {
                "PriorDays": random.choice((0, 0, 5)),
                "PostDays": random.choice((0, 0, 3)),
            },
            "PrimaryCriteriaLimit": {"Type": random.choice(("All", "All", "First", "Last"))},
        },
        "QualifiedLimit": {"Type": random.choice(("All", "First", "Last"))},
        "ExpressionLimit": {"Type": random.choice(("All", "All", "First", "Last"))},
        "InclusionRules": random_rules(random, random.choice((0, 1, 1, 2))),
        "CensoringCriteria": [_criterion(random, 1) for _ in range(random.choice((0, 0, 1)))],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": random.choice((0, 0, 5))},
    }
    if random.random() < 0.3:
        definition["AdditionalCriteria"] = _group(random, 0)
    if random.random() < 0.7:
        definition["EndStrategy"] = random.choice(
            (
                {"DateOffset": {"DateField": "StartDate", "Offset": random.randrange(-2, 10)}},
                {"DateOffset": {"DateField": "EndDate", "Offset": random.randrange(-4, 10)}},
                {
                    "CustomEra": {
                        "DrugCodesetId": random.randrange(5),
                        "GapDays": random.randrange(0, 6),
                        "Offset": random.randrange(0, 3),
                    }
                },
            )
        )
    return definition


def random_rules(random: Random, number: int) -> list[Json]:
    """So many inclusion rules."""
    return [{"name": f"rule {place}", "expression": _group(random, 0)} for place in range(number)]


def _criterion(random: Random, depth: int) -> Json:
    asked: Json = {"CodesetId": random.randrange(5)}
    if random.random() < 0.2:
        asked["First"] = True
    if depth < 2 and random.random() < 0.2:
        asked["CorrelatedCriteria"] = _group(random, depth + 1)
    return {random.choice(list(KINDS)): asked}


def _group(random: Random, depth: int) -> Json:
    group: Json = {
        "Type": random.choice(("ALL", "ALL", "ANY", "AT_LEAST", "AT_MOST")),
        "Count": random.randrange(0, 3),
        "CriteriaList": [
            _correlated(random, depth + 1) for _ in range(random.choice((0, 1, 1, 2)))
        ],
        "DemographicCriteriaList": [],
        "Groups": [],
    }
    if random.random() < 0.2:
        age = {"Op": "gte", "Value": random.randrange(20, 60)}
        group["DemographicCriteriaList"].append({"Age": age})
    if depth < 1 and random.random() < 0.3:
        group["Groups"].append(_group(random, depth + 1))
    return group


def _correlated(random: Random, depth: int) -> Json:
    asked: Json = {
        "Criteria": _criterion(random, depth),
        "StartWindow": _window(random),
        "Occurrence": {
            "Type": random.randrange(3),
            "Count": random.choice((0, 1, 1, 2)),
            "IsDistinct": False,
        },
        "RestrictVisit": random.random() < 0.15,
        "IgnoreObservationPeriod": random.random() < 0.3,
    }
    if random.random() < 0.2:
        asked["Occurrence"] |= {"IsDistinct": True, "CountColumn": "START_DATE"}
    if random.random() < 0.3:
        asked["EndWindow"] = _window(random)
    return asked


def _window(random: Random) -> Json:
    window: Json = {"Start": _side(random, -1), "End": _side(random, 1)}
    if random.random() < 0.5:
        window["UseIndexEnd"] = random.random() < 0.5
    if random.random() < 0.5:
        window["UseEventEnd"] = random.random() < 0.5
    return window


def _side(random: Random, usual: int) -> Json:
    coefficient = usual if random.random() < 0.8 else -usual
    if random.random() < 0.4:
        return {"Coeff": coefficient}
    return {"Days": random.randrange(0, 25), "Coeff": coefficient}


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(number)


def _span(first: int, last: int) -> tuple[date, date]:
    return _day(first), _day(last)
