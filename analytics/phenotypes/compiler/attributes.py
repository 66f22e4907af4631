"""The attributes of a criterion as conditions, and the tables that they need besides its own.

Every attribute that is given is either a condition here or refused: none is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.errors import BadInputError
from analytics.phenotypes.compiler.comparisons import (
    compare_date,
    compare_decimal,
    compare_text,
    compare_whole,
    date_text,
)
from analytics.phenotypes.compiler.concept_sets import abnormal_results
from analytics.phenotypes.compiler.domains import DOMAINS, Column, Domain
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.sql_text import Join, any_of, days_between, in_select
from analytics.phenotypes.expression import (
    Concept,
    ConceptSetSelection,
    Criterion,
    DateRange,
    DemographicCriterion,
    NumericRange,
    Period,
    TextFilter,
)

STRUCTURE = frozenset(
    {
        "concept_set_id",
        "source_concept_set_id",
        "first_only",
        "correlated_criteria",
        "date_adjustment",
        "record_types_are_excluded",
    }
)
"""Attributes that say which rows are read, not what must be true of them; see `criteria`."""
IGNORED_BY_CIRCE = frozenset(
    {
        ("Specimen", "source_concept_set_id"),
        ("Specimen", "date_adjustment"),
        ("LocationRegion", "date_adjustment"),
        ("LocationRegion", "start_date"),
        ("LocationRegion", "end_date"),
    }
)
LISTS = {
    "condition_statuses": "condition_status",
    "record_types": "record_type",
    "genders": "gender",
    "races": "race",
    "ethnicities": "ethnicity",
    "provider_specialties": "provider_specialty",
    "visits": "visit",
    "places_of_service": "place_of_service",
    "routes": "route",
    "dose_units": "dose_unit",
    "units": "unit",
    "operators": "operator",
    "value_concepts": "value",
    "qualifiers": "qualifier",
    "modifiers": "modifier",
    "anatomic_sites": "anatomic_site",
    "disease_statuses": "disease_status",
}
"""Lists of concepts, and the attribute whose values they are."""
ELSEWHERE = {
    "gender": ("person", "gender_concept_id"),
    "race": ("person", "race_concept_id"),
    "ethnicity": ("person", "ethnicity_concept_id"),
    "provider_specialty": ("provider", "specialty_concept_id"),
    "visit": ("visit_occurrence", "visit_concept_id"),
    "place_of_service": ("care_site", "place_of_service_concept_id"),
}
"""Attributes that stand in another table."""
AGES = {"age": "start", "age_at_start": "start", "age_at_end": "end"}


@dataclass(frozen=True, kw_only=True)
class EventDates:
    """When an event starts and ends, as expressions."""

    start: str
    end: str


def given_attributes(criterion: Criterion | DemographicCriterion) -> dict[str, object]:
    """The attributes of a criterion that ask for something, by name."""
    values = {name: getattr(criterion, name) for name in type(criterion).model_fields}
    return {
        name: value
        for name, value in values.items()
        if value is not None and value != () and value is not False
    }


def tables_beside(criterion: Criterion) -> tuple[str, ...]:
    """The tables that the attributes of a criterion need besides its own."""
    tables = []
    for name in given_attributes(criterion):
        attribute = LISTS.get(name, name.removesuffix("_concept_set"))
        if attribute in ELSEWHERE:
            tables.append(ELSEWHERE[attribute][0])
        if name in AGES:
            tables.append("person")
        if name == "place_of_service_location_concept_set_id":
            tables += ["care_site", "location_history", "location"]
    return tuple(dict.fromkeys(tables))


def table_join(table: str, relation: str, dates: EventDates) -> Join:
    """How a table beside the events of `relation` is joined to them."""
    same_person = f"{relation}.person_id = {table}.person_id"
    match table:
        case "person":
            on: tuple[str, ...] = (same_person,)
        case "visit_occurrence":
            same_visit = f"{relation}.visit_occurrence_id = {table}.visit_occurrence_id"
            on = (same_visit, same_person)
        case "provider" | "care_site":
            on = (f"{relation}.{table}_id = {table}.{table}_id",)
        case "location_history":
            on = (
                f"{relation}.care_site_id = {table}.entity_id",
                f"{table}.domain_id = 'CARE_SITE'",
                f"{dates.start} >= {table}.start_date",
                f"{dates.end} <= coalesce({table}.end_date, date '2099-12-31')",
            )
        case _:
            on = ("location_history.location_id = location.location_id",)
    return Join(relation=table, on=on)


def refuse_what_is_not_read(criterion: Criterion, path: str) -> None:
    """Raise for an attribute that OHDSI's engine passes over, or that warehouses read each in
    their own way."""
    for name, value in given_attributes(criterion).items():
        if (criterion.kind, name) in IGNORED_BY_CIRCE:
            _refuse(criterion, name, path)
        if isinstance(value, TextFilter) and "\\" in value.text:
            place = (
                f"{path}.{criterion.kind}.{type(criterion).model_fields[name].serialization_alias}"
            )
            raise BadInputError(
                f"{place}.Text: {value.text!r} holds a backslash, which warehouses do not read "
                "alike. Look for the text around it."
            )


def attribute_conditions(
    model: Model, criterion: Criterion, of: Column, dates: EventDates, path: str
) -> Iterator[str]:
    """What must be true of an event, one condition for each attribute that is given."""
    domain = DOMAINS[criterion.kind]
    for name, value in given_attributes(criterion).items():
        if name in STRUCTURE:
            continue
        condition = _condition(model, criterion, domain, name, value, of, dates)
        if condition is None:
            _refuse(criterion, name, path)
        else:
            yield condition


def concept_condition(model: Model, column: str, selection: ConceptSetSelection) -> str:
    """A column that is, or is not, in a concept set; without a set: that is given, or is not."""
    if selection.concept_set_id is None:
        return f"{column} is null" if selection.is_exclusion else f"{column} is not null"
    members = model.concept_set(selection.concept_set_id)
    return in_select(column, members, "concept_id", negated=selection.is_exclusion)


def _condition(
    model: Model,
    criterion: Criterion,
    domain: Domain,
    name: str,
    value: object,
    of: Column,
    dates: EventDates,
) -> str | None:
    attribute = LISTS.get(name, name.removesuffix("_concept_set"))
    if isinstance(value, (tuple, ConceptSetSelection)):
        column = _concept_column(domain, attribute, of)
        if column is None:
            return None
        if isinstance(value, ConceptSetSelection):
            return concept_condition(model, column, value)
        concepts = tuple(item for item in value if isinstance(item, Concept))
        excluded = name == "record_types" and getattr(criterion, f"{name}_are_excluded", False)
        members = model.attribute_set(attribute, concepts)
        return in_select(column, members, "concept_id", negated=excluded)
    if isinstance(value, NumericRange):
        return _number_condition(criterion, domain, name, value, of, dates)
    if isinstance(value, DateRange) and name in ("start_date", "end_date"):
        # OHDSI's engine compares the end date asked of a drug exposure with its start.
        by_start = name == "start_date" or domain.table == "drug_exposure"
        return compare_date(dates.start if by_start else dates.end, value)
    if isinstance(value, TextFilter) and name in domain.texts:
        return compare_text(of(domain.texts[name]), value)
    if isinstance(value, Period) and name == "user_defined_period":
        return _covers_period(value, dates)
    if name == "is_abnormal":
        members = model.named_set(abnormal_results())
        number, concept = of("value_as_number"), of("value_as_concept_id")
        listed = in_select(concept, members, "concept_id")
        low, high = of("range_low"), of("range_high")
        return any_of(f"{number} < {low}", f"{number} > {high}", listed)
    if name in domain.concept_sets and isinstance(value, int):
        return in_select(of(domain.concept_sets[name]), model.concept_set(value), "concept_id")
    if name == "place_of_service_location_concept_set_id" and isinstance(value, int):
        return in_select("location.region_concept_id", model.concept_set(value), "concept_id")
    return None


def _concept_column(domain: Domain, attribute: str, of: Column) -> str | None:
    if attribute in ELSEWHERE:
        table, column = ELSEWHERE[attribute]
        return f"{table}.{column}"
    own = domain.record_type if attribute == "record_type" else domain.concepts.get(attribute)
    return None if own is None else of(own)


def _number_condition(
    criterion: Criterion,
    domain: Domain,
    name: str,
    asked: NumericRange,
    of: Column,
    dates: EventDates,
) -> str | None:
    if name in AGES:
        # OHDSI's engine takes the age in a part of a visit at its end, elsewhere at its start.
        at_end = AGES[name] == "end" or criterion.kind == "VisitDetail"
        return age_condition(dates.end if at_end else dates.start, asked)
    if name == "length_days":
        return compare_whole(days_between(dates.start, dates.end), asked)
    if name == "gap_days":
        # OHDSI's engine compares the gap days of an era with the length asked of the era.
        length: NumericRange | None = getattr(criterion, "length_days", None)
        return compare_whole(of("gap_days"), length or asked)
    if name in ("range_low_ratio", "range_high_ratio"):
        limit = of(name.removesuffix("_ratio"))
        return compare_decimal(f"{of('value_as_number')} / nullif({limit}, 0)", asked)
    if name in domain.whole:
        return compare_whole(of(domain.whole[name]), asked)
    if name in domain.decimals:
        return compare_decimal(of(domain.decimals[name]), asked)
    return None


def age_condition(day: str, asked: NumericRange) -> str:
    """The age in years of life begun in the calendar year of `day`."""
    return compare_whole(f"extract(year from {day}) - person.year_of_birth", asked)


def _covers_period(period: Period, dates: EventDates) -> str:
    days = [day for day in (period.start_date, period.end_date) if day is not None]
    return "\nand ".join(f"{date_text(day)} between {dates.start} and {dates.end}" for day in days)


def _refuse(criterion: Criterion, name: str, path: str) -> None:
    field = type(criterion).model_fields[name]
    raise BadInputError(
        f"{path}.{criterion.kind}.{field.serialization_alias}: {getattr(criterion, name)!r} cannot "
        "be compiled: OHDSI's engine does not look at it, so the rows would not be those asked "
        "for. Leave it out of the definition."
    )
