"""For each attribute that a criterion may have: an event that it finds and one that it does not.

Written from the CDM's columns and the meaning of the attribute, not from the compiler. The event
of person 1 is found; that of person 2 is like it but for what the attribute asks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

Columns = dict[str, object]
MALE, FEMALE = 8507, 8532
ASKED, OTHER = 77, 88
"""Concepts: the one an attribute asks for, and another."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """An attribute of a kind of criterion, and what an event looks like with it and without.

    `hit` and `miss` are columns of the two events; `beside` are rows of other tables. What the
    criterion asks besides the attribute under test stands in `also`.
    """

    kind: str
    attribute: str
    value: object
    hit: Columns = field(default_factory=dict)
    miss: Columns = field(default_factory=dict)
    beside: dict[str, list[Columns]] = field(default_factory=dict)
    also: Columns = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}.{self.attribute}"


@dataclass(frozen=True, kw_only=True)
class Table:
    """How a kind of criterion finds its events: the table, and its main columns."""

    name: str
    key: str
    start: str
    end: str | None = None
    concept: str | None = None
    source: tuple[str, str] | None = None
    type: tuple[str, str] | None = None
    dates: tuple[str, str | None] = ("OccurrenceStartDate", "OccurrenceEndDate")
    has_provider: bool = False
    is_era: bool = False
    has_gender: bool = True


TABLES = {
    "ConditionOccurrence": Table(
        name="condition_occurrence",
        key="condition_occurrence_id",
        start="condition_start_date",
        end="condition_end_date",
        concept="condition_concept_id",
        source=("ConditionSourceConcept", "condition_source_concept_id"),
        type=("ConditionType", "condition_type_concept_id"),
        has_provider=True,
    ),
    "ConditionEra": Table(
        name="condition_era",
        key="condition_era_id",
        start="condition_era_start_date",
        end="condition_era_end_date",
        concept="condition_concept_id",
        dates=("EraStartDate", "EraEndDate"),
        is_era=True,
    ),
    "Death": Table(
        name="death",
        key="person_id",
        start="death_date",
        concept="cause_concept_id",
        source=("DeathSourceConcept", "cause_source_concept_id"),
        type=("DeathType", "death_type_concept_id"),
        dates=("OccurrenceStartDate", None),
    ),
    "DrugExposure": Table(
        name="drug_exposure",
        key="drug_exposure_id",
        start="drug_exposure_start_date",
        end="drug_exposure_end_date",
        concept="drug_concept_id",
        source=("DrugSourceConcept", "drug_source_concept_id"),
        type=("DrugType", "drug_type_concept_id"),
        has_provider=True,
    ),
    "DrugEra": Table(
        name="drug_era",
        key="drug_era_id",
        start="drug_era_start_date",
        end="drug_era_end_date",
        concept="drug_concept_id",
        dates=("EraStartDate", "EraEndDate"),
        is_era=True,
    ),
    "DoseEra": Table(
        name="dose_era",
        key="dose_era_id",
        start="dose_era_start_date",
        end="dose_era_end_date",
        concept="drug_concept_id",
        dates=("EraStartDate", "EraEndDate"),
        is_era=True,
    ),
    "DeviceExposure": Table(
        name="device_exposure",
        key="device_exposure_id",
        start="device_exposure_start_date",
        end="device_exposure_end_date",
        concept="device_concept_id",
        source=("DeviceSourceConcept", "device_source_concept_id"),
        type=("DeviceType", "device_type_concept_id"),
        has_provider=True,
    ),
    "Measurement": Table(
        name="measurement",
        key="measurement_id",
        start="measurement_date",
        concept="measurement_concept_id",
        source=("MeasurementSourceConcept", "measurement_source_concept_id"),
        type=("MeasurementType", "measurement_type_concept_id"),
        dates=("OccurrenceStartDate", None),
        has_provider=True,
    ),
    "Observation": Table(
        name="observation",
        key="observation_id",
        start="observation_date",
        concept="observation_concept_id",
        source=("ObservationSourceConcept", "observation_source_concept_id"),
        type=("ObservationType", "observation_type_concept_id"),
        dates=("OccurrenceStartDate", None),
        has_provider=True,
    ),
    "ProcedureOccurrence": Table(
        name="procedure_occurrence",
        key="procedure_occurrence_id",
        start="procedure_date",
        concept="procedure_concept_id",
        source=("ProcedureSourceConcept", "procedure_source_concept_id"),
        type=("ProcedureType", "procedure_type_concept_id"),
        dates=("OccurrenceStartDate", None),
        has_provider=True,
    ),
    "Specimen": Table(
        name="specimen",
        key="specimen_id",
        start="specimen_date",
        concept="specimen_concept_id",
        type=("SpecimenType", "specimen_type_concept_id"),
        dates=("OccurrenceStartDate", None),
    ),
    "VisitOccurrence": Table(
        name="visit_occurrence",
        key="visit_occurrence_id",
        start="visit_start_date",
        end="visit_end_date",
        concept="visit_concept_id",
        source=("VisitSourceConcept", "visit_source_concept_id"),
        type=("VisitType", "visit_type_concept_id"),
    ),
    "VisitDetail": Table(
        name="visit_detail",
        key="visit_detail_id",
        start="visit_detail_start_date",
        end="visit_detail_end_date",
        concept="visit_detail_concept_id",
        source=("VisitDetailSourceConcept", "visit_detail_source_concept_id"),
        dates=("VisitDetailStartDate", "VisitDetailEndDate"),
    ),
    "ObservationPeriod": Table(
        name="observation_period",
        key="observation_period_id",
        start="observation_period_start_date",
        end="observation_period_end_date",
        type=("PeriodType", "period_type_concept_id"),
        dates=("PeriodStartDate", "PeriodEndDate"),
        is_era=True,
        has_gender=False,
    ),
    "PayerPlanPeriod": Table(
        name="payer_plan_period",
        key="payer_plan_period_id",
        start="payer_plan_period_start_date",
        end="payer_plan_period_end_date",
        dates=("PeriodStartDate", "PeriodEndDate"),
        is_era=True,
    ),
    "LocationRegion": Table(
        name="location_history", key="location_history_id", start="start_date", end="end_date"
    ),
}
WHOLE = {
    "ConditionEra": {"OccurrenceCount": "condition_occurrence_count"},
    "DrugEra": {"OccurrenceCount": "drug_exposure_count", "GapDays": "gap_days"},
    "DrugExposure": {"Refills": "refills", "DaysSupply": "days_supply"},
    "DeviceExposure": {"Quantity": "quantity"},
    "ProcedureOccurrence": {"Quantity": "quantity"},
}
DECIMAL = {
    "DrugExposure": {"Quantity": "quantity", "EffectiveDrugDose": "effective_drug_dose"},
    "DoseEra": {"DoseValue": "dose_value"},
    "Measurement": {
        "ValueAsNumber": "value_as_number",
        "RangeLow": "range_low",
        "RangeHigh": "range_high",
    },
    "Observation": {"ValueAsNumber": "value_as_number"},
    "Specimen": {"Quantity": "quantity"},
}
TEXT = {
    "ConditionOccurrence": {"StopReason": "stop_reason"},
    "DrugExposure": {"StopReason": "stop_reason", "LotNumber": "lot_number"},
    "DeviceExposure": {"UniqueDeviceId": "unique_device_id"},
    "Observation": {"ValueAsString": "value_as_string"},
    "Specimen": {"SourceId": "specimen_source_id"},
}
CONCEPT = {
    "ConditionOccurrence": {"ConditionStatus": "condition_status_concept_id"},
    "DrugExposure": {"RouteConcept": "route_concept_id", "DoseUnit": "dose_unit_concept_id"},
    "DoseEra": {"Unit": "unit_concept_id"},
    "Measurement": {
        "Operator": "operator_concept_id",
        "ValueAsConcept": "value_as_concept_id",
        "Unit": "unit_concept_id",
    },
    "Observation": {
        "ValueAsConcept": "value_as_concept_id",
        "Qualifier": "qualifier_concept_id",
        "Unit": "unit_concept_id",
    },
    "ProcedureOccurrence": {"Modifier": "modifier_concept_id"},
    "Specimen": {
        "Unit": "unit_concept_id",
        "AnatomicSite": "anatomic_site_concept_id",
        "DiseaseStatus": "disease_status_concept_id",
    },
}
LENGTH = {
    "ConditionEra": "EraLength",
    "DrugEra": "EraLength",
    "DoseEra": "EraLength",
    "VisitOccurrence": "VisitLength",
    "VisitDetail": "VisitDetailLength",
    "ObservationPeriod": "PeriodLength",
    "PayerPlanPeriod": "PeriodLength",
}
REFUSED = {
    ("Specimen", "SpecimenSourceConcept"): 0,
    ("Specimen", "DateAdjustment"): {"StartOffset": 1},
    ("LocationRegion", "DateAdjustment"): {"StartOffset": 1},
    ("LocationRegion", "StartDate"): {"Op": "gt", "Value": "2010-01-01"},
    ("LocationRegion", "EndDate"): {"Op": "gt", "Value": "2010-01-01"},
}
"""Attributes that OHDSI's engine passes over, with a value for each."""


def examples() -> Iterator[Example]:
    """All of them."""
    for kind, table in TABLES.items():
        if kind != "LocationRegion":
            yield from _examples_of_table(kind, table)
            yield from _examples_of_person(kind, table)
            yield from _examples_of_columns(kind)
    yield from _examples_of_places()
    yield from _examples_of_measurements()
    yield Example(
        kind="LocationRegion",
        attribute="CodesetId",
        value=0,
        hit={"location_id": 1, "domain_id": "PERSON"},
        miss={"location_id": 2, "domain_id": "PERSON"},
        beside={
            "location": [
                {"location_id": 1, "region_concept_id": ASKED},
                {"location_id": 2, "region_concept_id": OTHER},
            ]
        },
    )
    for what in ("Payer", "Plan", "Sponsor", "StopReason"):
        for source in ("", "Source"):
            column = f"{what}{source}".replace("StopReason", "Stop_Reason")
            column = column.replace("Source", "_Source").lower() + "_concept_id"
            yield Example(
                kind="PayerPlanPeriod",
                attribute=f"{what}{source}Concept",
                value=0,
                hit={column: ASKED},
                miss={column: OTHER},
            )


def _examples_of_table(kind: str, table: Table) -> Iterator[Example]:
    if table.concept:
        hit, miss = {table.concept: ASKED}, {table.concept: OTHER}
        yield Example(kind=kind, attribute="CodesetId", value=0, hit=hit, miss=miss)
    if table.source:
        attribute, column = table.source
        hit, miss = {column: ASKED}, {column: OTHER}
        yield Example(kind=kind, attribute=attribute, value=0, hit=hit, miss=miss)
    if table.type:
        yield from _of_concept(kind, *table.type)
        if kind not in ("ObservationPeriod",):
            attribute, column = table.type
            yield Example(
                kind=kind,
                attribute=f"{attribute}Exclude",
                value=True,
                hit={column: OTHER},
                miss={column: ASKED},
                also={attribute: [{"CONCEPT_ID": ASKED}]},
            )
    if kind == "VisitDetail":
        column = "visit_detail_type_concept_id"
        yield _of_set(kind, "VisitDetailTypeCS", column)
    starts, ends = table.dates
    early, late = {table.start: "2010-01-01"}, {table.start: "2012-01-01"}
    if kind == "ObservationPeriod":
        early, late = (
            {**dates, "observation_period_end_date": "2013-01-01"} for dates in (early, late)
        )
    before = {"Op": "lt", "Value": "2011-01-01"}
    yield Example(kind=kind, attribute=starts, value=before, hit=early, miss=late)
    if ends and kind == "DrugExposure":  # its end date is compared with the start, as by OHDSI
        yield Example(kind=kind, attribute=ends, value=before, hit=early, miss=late)
    elif ends and table.end:
        soon, later = {table.end: "2010-02-01"}, {table.end: "2012-02-01"}
        yield Example(kind=kind, attribute=ends, value=before, hit=soon, miss=later)
    if kind in LENGTH and table.end:
        short, long = {table.end: "2010-01-11"}, {table.end: "2010-01-12"}
        length = {"Op": "lte", "Value": 10}
        yield Example(kind=kind, attribute=LENGTH[kind], value=length, hit=short, miss=long)


def _examples_of_person(kind: str, table: Table) -> Iterator[Example]:
    def people(column: str, hit: object, miss: object) -> dict[str, list[Columns]]:
        return {"person": [{"person_id": 1, column: hit}, {"person_id": 2, column: miss}]}

    if table.has_gender:
        sexes = people("gender_concept_id", ASKED, OTHER)
        if kind != "VisitDetail":
            listed = [{"CONCEPT_ID": ASKED}]
            yield Example(kind=kind, attribute="Gender", value=listed, beside=sexes)
        selection = {"CodesetId": 0, "IsExclusion": False}
        yield Example(kind=kind, attribute="GenderCS", value=selection, beside=sexes)
    births = people("year_of_birth", 1980, 1981)
    for attribute in ("AgeAtStart", "AgeAtEnd") if table.is_era else ("Age",):
        asked = {"Op": "eq", "Value": 30}
        yield Example(kind=kind, attribute=attribute, value=asked, beside=births)
    if table.has_provider:
        yield from _of_other(kind, "ProviderSpecialty", "provider", "specialty_concept_id")
        yield from _of_other(kind, "VisitType", "visit_occurrence", "visit_concept_id")
    elif kind in ("VisitOccurrence", "VisitDetail"):
        for attribute, other, column in (
            ("ProviderSpecialty", "provider", "specialty_concept_id"),
            ("PlaceOfService", "care_site", "place_of_service_concept_id"),
        ):
            yield from _of_other(kind, attribute, other, column, listed=kind != "VisitDetail")


def _examples_of_columns(kind: str) -> Iterator[Example]:
    for attribute, column in WHOLE.get(kind, {}).items():
        asked = {"Op": "bt", "Value": 3, "Extent": 5}
        yield Example(
            kind=kind, attribute=attribute, value=asked, hit={column: 5}, miss={column: 6}
        )
    for attribute, column in DECIMAL.get(kind, {}).items():
        asked = {"Op": "gt", "Value": 2.5}
        yield Example(
            kind=kind, attribute=attribute, value=asked, hit={column: 2.6}, miss={column: 2.5}
        )
    for attribute, column in TEXT.get(kind, {}).items():
        asked = {"Op": "contains", "Text": "it's"}
        hit, miss = {column: "and it's so"}, {column: "and so it is"}
        yield Example(kind=kind, attribute=attribute, value=asked, hit=hit, miss=miss)
    for attribute, column in CONCEPT.get(kind, {}).items():
        yield from _of_concept(kind, attribute, column)


def _examples_of_places() -> Iterator[Example]:
    """Care sites in a region, on the days of the visit."""
    for kind in ("VisitOccurrence", "VisitDetail"):
        yield Example(
            kind=kind,
            attribute="PlaceOfServiceLocation",
            value=0,
            hit={"care_site_id": 1},
            miss={"care_site_id": 2},
            beside={
                "care_site": [{"care_site_id": 1}, {"care_site_id": 2}],
                "location_history": [
                    {
                        "location_history_id": number,
                        "entity_id": number,
                        "location_id": number,
                        "domain_id": "CARE_SITE",
                        "start_date": "2000-01-01",
                    }
                    for number in (1, 2)
                ],
                "location": [
                    {"location_id": 1, "region_concept_id": ASKED},
                    {"location_id": 2, "region_concept_id": OTHER},
                ],
            },
        )


def _examples_of_measurements() -> Iterator[Example]:
    for attribute, column in (("RangeLowRatio", "range_low"), ("RangeHighRatio", "range_high")):
        yield Example(
            kind="Measurement",
            attribute=attribute,
            value={"Op": "gte", "Value": 3},
            hit={"value_as_number": 6, column: 2},
            miss={"value_as_number": 6, column: 0},
        )
    ranges = {"range_low": 1, "range_high": 5}
    for hit in ({"value_as_number": 6}, {"value_as_number": 0}, {"value_as_concept_id": 4155142}):
        yield Example(
            kind="Measurement",
            attribute="Abnormal",
            value=True,
            hit={"value_as_number": 3, **ranges, **hit},
            miss={"value_as_number": 5, **ranges},
        )
    for kind in ("ObservationPeriod", "PayerPlanPeriod"):
        table = TABLES[kind]
        yield Example(
            kind=kind,
            attribute="UserDefinedPeriod",
            value={"StartDate": "2010-01-03", "EndDate": "2010-01-05"},
            hit={table.end or "": "2010-01-05"},
            miss={table.end or "": "2010-01-04"},
        )


def _of_concept(kind: str, attribute: str, column: str) -> Iterator[Example]:
    listed = [{"CONCEPT_ID": ASKED}, {"CONCEPT_ID": 99}]
    hit, miss = {column: ASKED}, {column: OTHER}
    yield Example(kind=kind, attribute=attribute, value=listed, hit=hit, miss=miss)
    name = {"RouteConcept": "RouteConceptCS", "ValueAsConcept": "ValueAsConceptCS"}
    yield _of_set(kind, name.get(attribute, f"{attribute}CS"), column)


def _of_set(kind: str, attribute: str, column: str) -> Example:
    selection = {"CodesetId": 0, "IsExclusion": True}
    hit, miss = {column: OTHER}, {column: ASKED}
    return Example(kind=kind, attribute=attribute, value=selection, hit=hit, miss=miss)


def _of_other(
    kind: str, attribute: str, table: str, column: str, *, listed: bool = True
) -> Iterator[Example]:
    """An attribute that stands in another table, which the event points at."""
    key = f"{table}_id"
    rows = [
        {key: 1, column: ASKED, **({"person_id": 1} if table == "visit_occurrence" else {})},
        {key: 2, column: OTHER, **({"person_id": 2} if table == "visit_occurrence" else {})},
    ]
    ours, theirs, beside = {key: 1}, {key: 2}, {table: rows}
    if listed:
        value = [{"CONCEPT_ID": ASKED}]
        yield Example(
            kind=kind, attribute=attribute, value=value, hit=ours, miss=theirs, beside=beside
        )
    selection = {"CodesetId": 0}
    yield Example(
        kind=kind,
        attribute=f"{attribute}CS",
        value=selection,
        hit=ours,
        miss=theirs,
        beside=beside,
    )
