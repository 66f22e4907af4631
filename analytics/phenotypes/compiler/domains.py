"""What each kind of criterion reads: its table, its dates, the columns behind its attributes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from analytics.phenotypes.compiler.sql_text import LONGEST_LINE, add_days

Column = Callable[[str], str]
"""Puts the name of a relation before a column, where the select reads several."""
EndDate = Callable[[Column], str]
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A table of events, and how an event of it is read.

    `noun` names its events in the plural. `end` is the end of an event where it has no date of
    its own for it. `whole` and `decimals` are columns compared with whole and decimal numbers,
    `texts` with texts, `concepts` with lists of concepts or a concept set, `concept_sets` with a
    concept set alone, each under the name of the attribute. `counted` are the columns whose
    different values can be counted, besides the concept and the dates.
    """

    table: str
    noun: str
    event_id: str
    start: str
    end: EndDate
    concept: str | None = None
    source_concept: str | None = None
    record_type: str | None = None
    has_visit: bool = True
    whole: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    decimals: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    texts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    concepts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    concept_sets: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    counted: Mapping[str, str] = field(default_factory=lambda: NOTHING)


def _own(column: str) -> EndDate:
    return lambda of: of(column)


def _next_day(start: str) -> EndDate:
    return lambda of: add_days(of(start), 1)


def _or_next_day(end: str, start: str) -> EndDate:
    def text(of: Column) -> str:
        recorded, next_day = of(end), add_days(of(start), 1)
        line = f"coalesce({recorded}, {next_day})"
        return (
            line if len(line) <= LONGEST_LINE else f"coalesce(\n    {recorded},\n    {next_day}\n)"
        )

    return text


def drug_exposure_end(of: Column) -> str:
    """The end of an exposure: its date, or its start and days of supply, or the next day."""
    start = of("drug_exposure_start_date")
    by_supply, next_day = add_days(start, of("days_supply")), add_days(start, 1)
    return f"coalesce(\n    {of('drug_exposure_end_date')},\n    {by_supply},\n    {next_day}\n)"


DOMAINS: Mapping[str, Domain] = MappingProxyType(
    {
        "ConditionOccurrence": Domain(
            table="condition_occurrence",
            noun="conditions",
            event_id="condition_occurrence_id",
            start="condition_start_date",
            end=_or_next_day("condition_end_date", "condition_start_date"),
            concept="condition_concept_id",
            source_concept="condition_source_concept_id",
            record_type="condition_type_concept_id",
            texts={"stop_reason": "stop_reason"},
            concepts={"condition_status": "condition_status_concept_id"},
        ),
        "ConditionEra": Domain(
            table="condition_era",
            noun="condition_eras",
            event_id="condition_era_id",
            start="condition_era_start_date",
            end=_own("condition_era_end_date"),
            concept="condition_concept_id",
            has_visit=False,
            whole={"occurrence_count": "condition_occurrence_count"},
            counted={"ERA_OCCURRENCES": "condition_occurrence_count"},
        ),
        "Death": Domain(
            table="death",
            noun="deaths",
            event_id="person_id",
            start="death_date",
            end=_next_day("death_date"),
            concept="cause_concept_id",
            source_concept="cause_source_concept_id",
            record_type="death_type_concept_id",
            has_visit=False,
        ),
        "DrugExposure": Domain(
            table="drug_exposure",
            noun="drug_exposures",
            event_id="drug_exposure_id",
            start="drug_exposure_start_date",
            end=drug_exposure_end,
            concept="drug_concept_id",
            source_concept="drug_source_concept_id",
            record_type="drug_type_concept_id",
            whole={"refills": "refills", "days_supply": "days_supply"},
            decimals={"quantity": "quantity", "effective_dose": "effective_drug_dose"},
            texts={"stop_reason": "stop_reason", "lot_number": "lot_number"},
            concepts={"route": "route_concept_id", "dose_unit": "dose_unit_concept_id"},
            counted={"DAYS_SUPPLY": "days_supply", "QUANTITY": "quantity", "REFILLS": "refills"},
        ),
        "DrugEra": Domain(
            table="drug_era",
            noun="drug_eras",
            event_id="drug_era_id",
            start="drug_era_start_date",
            end=_own("drug_era_end_date"),
            concept="drug_concept_id",
            has_visit=False,
            whole={"occurrence_count": "drug_exposure_count", "gap_days": "gap_days"},
            counted={"ERA_OCCURRENCES": "drug_exposure_count", "GAP_DAYS": "gap_days"},
        ),
        "DoseEra": Domain(
            table="dose_era",
            noun="dose_eras",
            event_id="dose_era_id",
            start="dose_era_start_date",
            end=_own("dose_era_end_date"),
            concept="drug_concept_id",
            has_visit=False,
            decimals={"dose_value": "dose_value"},
            concepts={"unit": "unit_concept_id"},
            counted={"UNIT": "unit_concept_id", "VALUE_AS_NUMBER": "dose_value"},
        ),
        "DeviceExposure": Domain(
            table="device_exposure",
            noun="device_exposures",
            event_id="device_exposure_id",
            start="device_exposure_start_date",
            end=_or_next_day("device_exposure_end_date", "device_exposure_start_date"),
            concept="device_concept_id",
            source_concept="device_source_concept_id",
            record_type="device_type_concept_id",
            whole={"quantity": "quantity"},
            texts={"unique_device_id": "unique_device_id"},
            counted={"QUANTITY": "quantity"},
        ),
        "Measurement": Domain(
            table="measurement",
            noun="measurements",
            event_id="measurement_id",
            start="measurement_date",
            end=_next_day("measurement_date"),
            concept="measurement_concept_id",
            source_concept="measurement_source_concept_id",
            record_type="measurement_type_concept_id",
            decimals={
                "value_as_number": "value_as_number",
                "range_low": "range_low",
                "range_high": "range_high",
            },
            concepts={
                "operator": "operator_concept_id",
                "value": "value_as_concept_id",
                "unit": "unit_concept_id",
            },
            counted={
                "VALUE_AS_NUMBER": "value_as_number",
                "RANGE_HIGH": "range_high",
                "RANGE_LOW": "range_low",
            },
        ),
        "Observation": Domain(
            table="observation",
            noun="observations",
            event_id="observation_id",
            start="observation_date",
            end=_next_day("observation_date"),
            concept="observation_concept_id",
            source_concept="observation_source_concept_id",
            record_type="observation_type_concept_id",
            decimals={"value_as_number": "value_as_number"},
            texts={"value_as_string": "value_as_string"},
            concepts={
                "value": "value_as_concept_id",
                "qualifier": "qualifier_concept_id",
                "unit": "unit_concept_id",
            },
            counted={"VALUE_AS_NUMBER": "value_as_number"},
        ),
        "ProcedureOccurrence": Domain(
            table="procedure_occurrence",
            noun="procedures",
            event_id="procedure_occurrence_id",
            start="procedure_date",
            end=_next_day("procedure_date"),
            concept="procedure_concept_id",
            source_concept="procedure_source_concept_id",
            record_type="procedure_type_concept_id",
            whole={"quantity": "quantity"},
            concepts={"modifier": "modifier_concept_id"},
            counted={"QUANTITY": "quantity"},
        ),
        "Specimen": Domain(
            table="specimen",
            noun="specimens",
            event_id="specimen_id",
            start="specimen_date",
            end=_next_day("specimen_date"),
            concept="specimen_concept_id",
            record_type="specimen_type_concept_id",
            has_visit=False,
            decimals={"quantity": "quantity"},
            texts={"source_id": "specimen_source_id"},
            concepts={
                "unit": "unit_concept_id",
                "anatomic_site": "anatomic_site_concept_id",
                "disease_status": "disease_status_concept_id",
            },
        ),
        "VisitOccurrence": Domain(
            table="visit_occurrence",
            noun="visits",
            event_id="visit_occurrence_id",
            start="visit_start_date",
            end=_own("visit_end_date"),
            concept="visit_concept_id",
            source_concept="visit_source_concept_id",
            record_type="visit_type_concept_id",
        ),
        "VisitDetail": Domain(
            table="visit_detail",
            noun="visit_details",
            event_id="visit_detail_id",
            start="visit_detail_start_date",
            end=_own("visit_detail_end_date"),
            concept="visit_detail_concept_id",
            source_concept="visit_detail_source_concept_id",
            record_type="visit_detail_type_concept_id",
        ),
        "ObservationPeriod": Domain(
            table="observation_period",
            noun="observation_periods",
            event_id="observation_period_id",
            start="observation_period_start_date",
            end=_own("observation_period_end_date"),
            record_type="period_type_concept_id",
            has_visit=False,
        ),
        "PayerPlanPeriod": Domain(
            table="payer_plan_period",
            noun="payer_plan_periods",
            event_id="payer_plan_period_id",
            start="payer_plan_period_start_date",
            end=_own("payer_plan_period_end_date"),
            has_visit=False,
            concept_sets={
                f"{what}_concept_set_id": f"{what}_concept_id"
                for what in (
                    "payer",
                    "plan",
                    "sponsor",
                    "stop_reason",
                    "payer_source",
                    "plan_source",
                    "sponsor_source",
                    "stop_reason_source",
                )
            },
        ),
        "LocationRegion": Domain(
            table="location_history",
            noun="regions",
            event_id="location_history_id",
            start="start_date",
            end=lambda of: f"coalesce({of('end_date')}, date '2099-12-31')",
            concept="region_concept_id",
            has_visit=False,
        ),
    }
)
"""By the kind of criterion."""
