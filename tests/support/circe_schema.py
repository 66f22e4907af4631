"""What Circe-be 1.11.3 knows of each kind of criterion: its attributes, by what they hold.

Read from its classes; written down here so that the reader is held against Circe, not itself.
"""

_SCHEMA = """
ConditionEra
    id: CodesetId
    flag: First
    days: EraStartDate EraEndDate
    numbers: OccurrenceCount EraLength AgeAtStart AgeAtEnd
    concepts: Gender
    selection: GenderCS
ConditionOccurrence
    id: CodesetId ConditionSourceConcept
    flag: First ConditionTypeExclude
    days: OccurrenceStartDate OccurrenceEndDate
    concepts: ConditionType Gender ProviderSpecialty VisitType ConditionStatus
    selection: ConditionTypeCS GenderCS ProviderSpecialtyCS VisitTypeCS ConditionStatusCS
    text: StopReason
    numbers: Age
Death
    id: CodesetId DeathSourceConcept
    days: OccurrenceStartDate
    concepts: DeathType Gender
    selection: DeathTypeCS GenderCS
    flag: DeathTypeExclude
    numbers: Age
DeviceExposure
    id: CodesetId DeviceSourceConcept
    flag: First DeviceTypeExclude
    days: OccurrenceStartDate OccurrenceEndDate
    concepts: DeviceType Gender ProviderSpecialty VisitType
    selection: DeviceTypeCS GenderCS ProviderSpecialtyCS VisitTypeCS
    text: UniqueDeviceId
    numbers: Quantity Age
DoseEra
    id: CodesetId
    flag: First
    days: EraStartDate EraEndDate
    concepts: Unit Gender
    selection: UnitCS GenderCS
    numbers: DoseValue EraLength AgeAtStart AgeAtEnd
DrugEra
    id: CodesetId
    flag: First
    days: EraStartDate EraEndDate
    numbers: OccurrenceCount GapDays EraLength AgeAtStart AgeAtEnd
    concepts: Gender
    selection: GenderCS
DrugExposure
    id: CodesetId DrugSourceConcept
    flag: First DrugTypeExclude
    days: OccurrenceStartDate OccurrenceEndDate
    concepts: DrugType RouteConcept DoseUnit Gender ProviderSpecialty VisitType
    selection: DrugTypeCS RouteConceptCS DoseUnitCS GenderCS ProviderSpecialtyCS VisitTypeCS
    text: StopReason LotNumber
    numbers: Refills Quantity DaysSupply EffectiveDrugDose Age
LocationRegion
    id: CodesetId
    days: StartDate EndDate
Measurement
    id: CodesetId MeasurementSourceConcept
    flag: First MeasurementTypeExclude Abnormal
    days: OccurrenceStartDate
    concepts: MeasurementType Operator ValueAsConcept Unit Gender ProviderSpecialty VisitType
    selection: MeasurementTypeCS OperatorCS ValueAsConceptCS UnitCS GenderCS ProviderSpecialtyCS
        VisitTypeCS
    numbers: ValueAsNumber RangeLow RangeHigh RangeLowRatio RangeHighRatio Age
Observation
    id: CodesetId ObservationSourceConcept
    flag: First ObservationTypeExclude
    days: OccurrenceStartDate
    concepts: ObservationType ValueAsConcept Qualifier Unit Gender ProviderSpecialty VisitType
    selection: ObservationTypeCS ValueAsConceptCS QualifierCS UnitCS GenderCS ProviderSpecialtyCS
        VisitTypeCS
    numbers: ValueAsNumber Age
    text: ValueAsString
ObservationPeriod
    flag: First
    days: PeriodStartDate PeriodEndDate
    period: UserDefinedPeriod
    concepts: PeriodType
    selection: PeriodTypeCS
    numbers: PeriodLength AgeAtStart AgeAtEnd
PayerPlanPeriod
    flag: First
    days: PeriodStartDate PeriodEndDate
    period: UserDefinedPeriod
    numbers: PeriodLength AgeAtStart AgeAtEnd
    concepts: Gender
    selection: GenderCS
    id: PayerConcept PlanConcept SponsorConcept StopReasonConcept PayerSourceConcept
        PlanSourceConcept SponsorSourceConcept StopReasonSourceConcept
ProcedureOccurrence
    id: CodesetId ProcedureSourceConcept
    flag: First ProcedureTypeExclude
    days: OccurrenceStartDate
    concepts: ProcedureType Modifier Gender ProviderSpecialty VisitType
    selection: ProcedureTypeCS ModifierCS GenderCS ProviderSpecialtyCS VisitTypeCS
    numbers: Quantity Age
Specimen
    id: CodesetId SpecimenSourceConcept
    flag: First SpecimenTypeExclude
    days: OccurrenceStartDate
    concepts: SpecimenType Unit AnatomicSite DiseaseStatus Gender
    selection: SpecimenTypeCS UnitCS AnatomicSiteCS DiseaseStatusCS GenderCS
    numbers: Quantity Age
    text: SourceId
VisitDetail
    id: CodesetId VisitDetailSourceConcept PlaceOfServiceLocation
    flag: First
    days: VisitDetailStartDate VisitDetailEndDate
    selection: VisitDetailTypeCS GenderCS ProviderSpecialtyCS PlaceOfServiceCS
    numbers: VisitDetailLength Age
VisitOccurrence
    id: CodesetId VisitSourceConcept PlaceOfServiceLocation
    flag: First VisitTypeExclude
    days: OccurrenceStartDate OccurrenceEndDate
    concepts: VisitType Gender ProviderSpecialty PlaceOfService
    selection: VisitTypeCS GenderCS ProviderSpecialtyCS PlaceOfServiceCS
    numbers: VisitLength Age
DemographicCriteria
    numbers: Age
    concepts: Gender Race Ethnicity
    selection: GenderCS RaceCS EthnicityCS
    days: OccurrenceStartDate OccurrenceEndDate
"""


def _parsed() -> dict[str, dict[str, str]]:
    schema: dict[str, dict[str, str]] = {}
    kind = holds = ""
    for line in _SCHEMA.strip().splitlines():
        if not line.startswith(" "):
            kind = line
            schema[kind] = {}
            continue
        if ":" in line:
            holds, line = (part.strip() for part in line.split(":"))
        schema[kind].update(dict.fromkeys(line.split(), holds))
    return schema


ATTRIBUTES = _parsed()
"""For each kind, each attribute and what it holds. Beside these, each kind but
DemographicCriteria has CorrelatedCriteria and DateAdjustment."""
