"""What each attribute of a criterion asks for, in plain words."""

from analytics.phenotypes.expression import (
    CircePart,
    Concept,
    ConceptSetSelection,
    DateAdjustment,
    DateRange,
    DemographicCriterion,
    NumericRange,
    Period,
    TextFilter,
)
from analytics.phenotypes.words.values import (
    ConceptSets,
    adjustment_words,
    concept_words,
    day_words,
    number_words,
    period_words,
    selection_words,
    telling_name,
    text_words,
)

SENTENCES = {
    "source_concept_set_id": "recorded in the source as {}",
    "start_date": "starting {}",
    "end_date": "ending {}",
    "user_defined_period": "taken as running {}",
    "record_types": "of type {}",
    "record_type_concept_set": "of a type {}",
    "stop_reason": "with a stop reason {}",
    "occurrence_count": "made of {} occurrences",
    "gap_days": "with {} days of gaps",
    "length_days": "lasting {} days",
    "dose_value": "with a dose {}",
    "refills": "with {} refills",
    "quantity": "with a quantity {}",
    "days_supply": "with a supply for {} days",
    "routes": "by the route {}",
    "route_concept_set": "by a route {}",
    "effective_dose": "with an effective dose {}",
    "dose_units": "in the dose unit {}",
    "dose_unit_concept_set": "in a dose unit {}",
    "lot_number": "with a lot number {}",
    "unique_device_id": "with a device identifier {}",
    "operators": "with the operator {}",
    "operator_concept_set": "with an operator {}",
    "value_as_number": "with a value {}",
    "value_as_string": "with a text {}",
    "value_concepts": "with the value {}",
    "value_concept_set": "with a value {}",
    "units": "in the unit {}",
    "unit_concept_set": "in a unit {}",
    "range_low": "with a normal range from {}",
    "range_high": "with a normal range up to {}",
    "range_low_ratio": "with a value {} times the low end of its normal range",
    "range_high_ratio": "with a value {} times the high end of its normal range",
    "is_abnormal": "outside its normal range or recorded as abnormal",
    "qualifiers": "with the qualifier {}",
    "qualifier_concept_set": "with a qualifier {}",
    "modifiers": "with the modifier {}",
    "modifier_concept_set": "with a modifier {}",
    "anatomic_sites": "from the site {}",
    "anatomic_site_concept_set": "from a site {}",
    "disease_statuses": "with the disease status {}",
    "disease_status_concept_set": "with a disease status {}",
    "source_id": "with a source id {}",
    "condition_statuses": "with the condition status {}",
    "condition_status_concept_set": "with a condition status {}",
    "payer_concept_set_id": "paid by {}",
    "plan_concept_set_id": "with the plan {}",
    "sponsor_concept_set_id": "sponsored by {}",
    "stop_reason_concept_set_id": "stopped for {}",
    "payer_source_concept_set_id": "paid in the source by {}",
    "plan_source_concept_set_id": "with the plan in the source {}",
    "sponsor_source_concept_set_id": "sponsored in the source by {}",
    "stop_reason_source_concept_set_id": "stopped in the source for {}",
    "age": "at an age {}",
    "age_at_start": "at an age {} at its start",
    "age_at_end": "at an age {} at its end",
    "genders": "of the gender {}",
    "gender_concept_set": "of a gender {}",
    "races": "of the race {}",
    "race_concept_set": "of a race {}",
    "ethnicities": "of the ethnicity {}",
    "ethnicity_concept_set": "of an ethnicity {}",
    "provider_specialties": "by a provider of the specialty {}",
    "provider_specialty_concept_set": "by a provider of a specialty {}",
    "visits": "during a visit of the kind {}",
    "visit_concept_set": "during a visit of a kind {}",
    "places_of_service": "at a place of service {}",
    "place_of_service_concept_set": "at a place of service {}",
    "place_of_service_location_concept_set_id": "at a place in the region {}",
    "date_adjustment": "{}",
}
"""How an attribute is said, around what it asks for; in the order in which it is said."""


OF_A_PERSON = {
    "start_date": "whose event starts {}",
    "end_date": "whose event ends {}",
}
"""How the dates of the event are said of a person and not of the event."""


def attribute_words(part: CircePart, concept_sets: ConceptSets) -> list[str]:
    """One phrase for each attribute that `part` gives, in the order of `SENTENCES`."""
    phrases = []
    others = OF_A_PERSON if isinstance(part, DemographicCriterion) else {}
    for name, sentence in (SENTENCES | others).items():
        value: object = getattr(part, name, None)
        if value in (None, (), False):
            continue
        is_excluded = name == "record_types" and getattr(part, "record_types_are_excluded", False)
        said = ("other than " if is_excluded else "") + _value_words(value, concept_sets)
        phrases.append(sentence.format(said))
    return phrases


def _value_words(value: object, concept_sets: ConceptSets) -> str:
    match value:
        case NumericRange():
            return number_words(value)
        case DateRange():
            return day_words(value)
        case TextFilter():
            return text_words(value)
        case Period():
            return period_words(value)
        case DateAdjustment():
            return adjustment_words(value)
        case ConceptSetSelection():
            return selection_words(value, concept_sets)
        case bool():
            return ""
        case int():
            return f"'{telling_name(value, concept_sets)}'"
        case tuple():
            return concept_words(tuple(part for part in value if isinstance(part, Concept)))
    raise TypeError(f"no words for {value!r}")
