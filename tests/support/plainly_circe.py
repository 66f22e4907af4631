"""Who is in a cohort, worked out person by person from the JSON, slowly and plainly.

A second way of getting what compiled models give, written from what OHDSI documents of its
cohort definitions and not from the compiler: groups, windows, counts, limits, ends, eras. Criteria
ask for a concept set and for the first event only; attributes are tested one by one elsewhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta

Json = dict
PARTS = ("CriteriaList", "DemographicCriteriaList", "Groups")
Span = tuple[date, date]


@dataclass(frozen=True)
class Event:
    """Something that happened to a person; `observed` is the period that it starts in."""

    event_id: int
    start: date
    end: date
    concept_id: int
    visit_id: int | None
    observed: Span | None


@dataclass(frozen=True)
class Person:
    """A person's events by kind of criterion."""

    person_id: int
    year_of_birth: int
    observed: tuple[Span, ...]
    events: dict[str, tuple[Event, ...]]


def cohort_spans(definition: Json, person: Person) -> list[Span]:
    """The spans of a person in a cohort, in order."""
    included = included_events(definition, person)
    ends = [(event.start, _end(definition, person, event)) for event in included]
    gap = timedelta(definition["CollapseSettings"]["EraPad"])
    return _collapse([(start, end) for start, end in ends if end is not None], gap)


def included_events(definition: Json, person: Person) -> list[Event]:
    """The entry events that meet every rule, after all limits."""
    events = qualified_events(definition, person)
    for rule in definition["InclusionRules"]:
        events = [e for e in events if _passes(definition, person, e, rule["expression"])]
    return _limited(events, definition["ExpressionLimit"]["Type"])


@dataclass(frozen=True)
class RulesPassed:
    """An event that may open the cohort, and how far it goes.

    `n_passed` is 0 where it is not observed as asked or a limit takes it away, 1 where it may
    enter, and one more for each inclusion rule in order, up to the first that it does not meet.
    """

    start: date
    n_passed: int
    is_best: bool


def rules_passed(definition: Json, person: Person) -> list[RulesPassed]:
    """Each event that the primary criteria find, observed or not, and the rules that it passes.

    The best is OHDSI's: of those that may enter the one that meets most inclusion rules, then the
    one that meets the lowest, then the earliest.
    """
    may_enter = qualified_events(definition, person)
    found = found_events(definition, person)
    met: list[tuple[Event, list[int] | None]] = []
    for event in found:
        is_qualified = event in may_enter
        if is_qualified:
            may_enter.remove(event)
        rules = [
            number
            for number, rule in enumerate(definition["InclusionRules"], start=1)
            if is_qualified and _passes(definition, person, event, rule["expression"])
        ]
        met.append((event, rules if is_qualified else None))
    best = min(met, key=_worse, default=None)
    return [
        RulesPassed(event.start, _passed_in_order(rules), both is best)
        for both in met
        for event, rules in [both]
    ]


def _worse(both: tuple[Event, list[int] | None]) -> tuple[object, ...]:
    event, rules = both
    place = (event.start, event.event_id, event.end)
    return (rules is None, -len(rules or []), min(rules or [0]), *place)


def _passed_in_order(rules: list[int] | None) -> int:
    if rules is None:
        return 0
    number = 1
    while number in rules:
        number += 1
    return number


def qualified_events(definition: Json, person: Person) -> list[Event]:
    """The entry events that meet the additional criteria, after their limit."""
    events = entry_events(definition, person)
    additional = definition.get("AdditionalCriteria")
    if additional is None:
        return events
    events = [event for event in events if _passes(definition, person, event, additional)]
    return _limited(events, definition["QualifiedLimit"]["Type"])


def found_events(definition: Json, person: Person) -> list[Event]:
    """The events that the primary criteria find; one that two of them find comes twice."""
    return [
        event
        for criterion in definition["PrimaryCriteria"]["CriteriaList"]
        for event in _events(definition, person, criterion)
    ]


def entry_events(definition: Json, person: Person) -> list[Event]:
    """The events that a person may enter with, before any rule."""
    primary = definition["PrimaryCriteria"]
    window = primary["ObservationWindow"]
    events = [
        event
        for event in found_events(definition, person)
        if event.observed
        and event.observed[0] + timedelta(window["PriorDays"]) <= event.start
        and event.start + timedelta(window["PostDays"]) <= event.observed[1]
    ]
    events.sort(key=lambda event: event.event_id)
    return _limited(events, primary["PrimaryCriteriaLimit"]["Type"])


def _limited(events: list[Event], limit: str) -> list[Event]:
    in_order = sorted(events, key=lambda event: event.start, reverse=limit == "Last")
    return in_order if limit == "All" else in_order[:1]


def _events(definition: Json, person: Person, criterion: Json) -> list[Event]:
    [(kind, asked)] = criterion.items()
    members = _members(definition, asked["CodesetId"])
    events = [event for event in person.events[kind] if event.concept_id in members]
    if asked.get("First"):
        events = sorted(events, key=lambda event: (event.start, event.event_id))[:1]
    around = asked.get("CorrelatedCriteria")
    if around is None or not any(around[part] for part in PARTS):
        return events
    return [e for e in events if e.observed and _passes(definition, person, e, around)]


def _members(definition: Json, concept_set_id: int) -> set[int]:
    for concept_set in definition["ConceptSets"]:
        if concept_set["id"] == concept_set_id:
            return {item["concept"]["CONCEPT_ID"] for item in concept_set["expression"]["items"]}
    raise LookupError(concept_set_id)


def _passes(definition: Json, person: Person, index: Event, group: Json) -> bool:
    answers = [_has(definition, person, index, asked) for asked in group["CriteriaList"]]
    answers += [
        index.start.year - person.year_of_birth >= asked["Age"]["Value"]
        for asked in group["DemographicCriteriaList"]
    ]
    answers += [_passes(definition, person, index, inner) for inner in group["Groups"]]
    if not answers:
        return True
    met = sum(answers)
    match group["Type"]:
        case "ALL":
            return met == len(answers)
        case "ANY":
            return met > 0
        case "AT_LEAST":
            return met >= group["Count"]
    return met <= group["Count"]


def _has(definition: Json, person: Person, index: Event, asked: Json) -> bool:
    found = [
        event
        for event in _events(definition, person, asked["Criteria"])
        if _is_in_windows(index, event, asked)
    ]
    occurrence = asked["Occurrence"]
    number = len({e.start for e in found}) if occurrence["IsDistinct"] else len(found)
    match occurrence["Type"]:
        case 0:
            return number == occurrence["Count"]
        case 1:
            return number <= occurrence["Count"]
    return number >= occurrence["Count"]


def _is_in_windows(index: Event, event: Event, asked: Json) -> bool:
    is_bounded = not asked["IgnoreObservationPeriod"]
    if is_bounded and not index.observed[0] <= event.start <= index.observed[1]:
        return False
    if asked["RestrictVisit"] and (event.visit_id is None or event.visit_id != index.visit_id):
        return False
    windows = [(asked["StartWindow"], False)]
    if asked.get("EndWindow"):
        windows.append((asked["EndWindow"], True))
    for window, is_about_end in windows:
        day = event.end if window.get("UseEventEnd", is_about_end) else event.start
        anchor = index.end if window.get("UseIndexEnd") else index.start
        first = _limit(window["Start"], anchor, index, is_bounded)
        last = _limit(window["End"], anchor, index, is_bounded)
        if (first and day < first) or (last and day > last):
            return False
    return True


def _limit(side: Json, anchor: date, index: Event, is_bounded: bool) -> date | None:
    if side.get("Days") is not None:
        return anchor + timedelta(side["Coeff"] * side["Days"])
    return index.observed[0 if side["Coeff"] == -1 else 1] if is_bounded else None


def _end(definition: Json, person: Person, event: Event) -> date | None:
    """The first day, not before its start, on which something ends an event."""
    strategy = definition.get("EndStrategy") or {}
    ends = [event.observed[1]]
    if offset := strategy.get("DateOffset"):
        anchor = event.start if offset["DateField"] == "StartDate" else event.end
        ends = [min(anchor + timedelta(offset["Offset"]), event.observed[1])]
    if era := strategy.get("CustomEra"):
        members = _members(definition, era["DrugCodesetId"])
        later = timedelta(era["Offset"])
        exposures = [
            (drug.start, drug.end + later)
            for drug in person.events["DrugExposure"]
            if drug.concept_id in members
        ]
        eras = _collapse(exposures, timedelta(era["GapDays"]))
        ends += [last for first, last in eras if first <= event.start <= last]
    for criterion in definition["CensoringCriteria"]:
        ends += [
            censoring.start
            for censoring in _events(definition, person, criterion)
            if event.start <= censoring.start <= event.observed[1]
        ]
    return min((end for end in ends if end >= event.start), default=None)


def _collapse(spans: list[Span], gap: timedelta) -> list[Span]:
    """Spans at most `gap` apart as one."""
    collapsed: list[Span] = []
    for start, end in sorted(spans):
        if collapsed and start <= collapsed[-1][1] + gap:
            collapsed[-1] = (collapsed[-1][0], max(end, collapsed[-1][1]))
        else:
            collapsed.append((start, end))
    return collapsed
