"""Criteria put together: which index events have what is asked around them.

Each part made here holds person_id and the key of the index events that pass, each once.
"""

from collections.abc import Mapping
from textwrap import indent

from analytics.phenotypes.compiler.attributes import given_attributes
from analytics.phenotypes.compiler.criteria import EventColumns, add_events
from analytics.phenotypes.compiler.demographics import demographic_conditions
from analytics.phenotypes.compiler.model import Model
from analytics.phenotypes.compiler.occurrences import (
    allows_none,
    how_often_text,
    occurrence_name,
    occurrence_words,
)
from analytics.phenotypes.compiler.sql_text import (
    INDENT,
    Cte,
    Join,
    compared,
    select_text,
)
from analytics.phenotypes.compiler.windows import (
    OBSERVED_FROM,
    OBSERVED_TO,
    Index,
    between,
    window_conditions,
    window_words,
)
from analytics.phenotypes.expression import (
    CorrelatedCriterion,
    CriteriaGroup,
    Criterion,
    DemographicCriterion,
)
from analytics.phenotypes.expression.windows import CountedColumn


class Criteria:
    """Turns criteria and groups of them into parts of one model; equal criteria share a part."""

    def __init__(
        self,
        model: Model,
        *,
        with_visit: bool,
        with_sort_date: bool,
        counted: Mapping[Criterion, tuple[CountedColumn, ...]],
    ) -> None:
        self._model = model
        self._with_visit, self._with_sort_date = with_visit, with_sort_date
        self._counted = counted
        self._events: dict[Criterion, str] = {}
        self._indexes: dict[str, Index] = {}
        self._parts: dict[str, None] = {}

    def events(self, criterion: Criterion, path: str) -> str:
        """The part that holds the events of a criterion, with what must be true around them."""
        found = self._find_events(criterion, path)
        self._parts[found] = None
        return found

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the criteria that were asked for, in the order of their first use."""
        return tuple(self._parts)

    def event_columns(self, criterion: Criterion | None = None) -> tuple[str, ...]:
        """The columns that the part of a criterion has; without one, those that all have."""
        return self._columns(None if criterion is None else without_context(criterion)).names

    def group(
        self, group: CriteriaGroup, index: Index, name: str | None, path: str, words: str
    ) -> str:
        """The part that holds the index events which a group lets pass.

        Without a name it is called after what it asks; `words` come first in its comment.
        """
        size = len(group.criteria) + len(group.demographic_criteria) + len(group.groups)
        is_one = size == 1 and (
            group.type in ("ALL", "ANY") or (group.type == "AT_LEAST" and group.count == 1)
        )
        if is_one:
            return self._only_member(group, index, name, path, words)
        members = self._members(group, index, path)
        return self._model.add(
            Cte(
                name=self._take(name, index, _group_name(group)),
                body=_together(group, members, index),
                comment=words,
            )
        )

    def _columns(self, criterion: Criterion | None) -> EventColumns:
        return EventColumns(
            with_visit=self._with_visit,
            with_sort_date=self._with_sort_date,
            counted=() if criterion is None else self._counted.get(criterion, ()),
        )

    def _find_events(self, criterion: Criterion, path: str) -> str:
        if criterion not in self._events:
            self._events[criterion] = self._add_events(criterion, path)
        return self._events[criterion]

    def _add_events(self, criterion: Criterion, path: str) -> str:
        alone = without_context(criterion)
        columns = self._columns(alone)
        around = criterion.correlated_criteria
        if around is None:
            return add_events(self._model, criterion, columns, path)
        events = self._find_events(alone, path)
        if around.is_empty:
            return events
        index = self._observed(events, columns)
        place = f"{path}.{criterion.kind}.CorrelatedCriteria"
        passing = self.group(around, index, None, place, "")
        body = select_text(
            columns=[f"{events}.{column}" for column in columns.names],
            source=events,
            joins=[
                Join(
                    relation=passing,
                    on=(
                        compared(f"{events}.person_id", "=", f"{passing}.person_id"),
                        compared(f"{events}.event_id", "=", f"{passing}.event_id"),
                    ),
                )
            ],
        )
        name = self._model.names.take(f"qualifying_{events}")
        words = f"qualifying {self._model.words_of(events)}"
        return self._model.add(Cte(name=name, body=body, words=words))

    def _observed(self, events: str, columns: EventColumns) -> Index:
        """The events with the observation period that they start in, for others to be put in
        relation to."""
        if events not in self._indexes:
            period = self._model.table("observation_period")
            body = select_text(
                columns=[
                    *(f"{events}.{column}" for column in columns.names),
                    f"{period}.observation_period_start_date as {OBSERVED_FROM}",
                    f"{period}.observation_period_end_date as {OBSERVED_TO}",
                ],
                source=events,
                joins=[observation_join(events)],
            )
            name = self._model.names.take(f"observed_{events}")
            self._model.add(Cte(name=name, body=body))
            self._indexes[events] = Index(
                name=name, key="event_id", noun="that event", prefix=f"{events}_"
            )
        return self._indexes[events]

    def _take(self, name: str | None, index: Index, described: str) -> str:
        """The name given, or one that says what is asked, of which events where that fits."""
        if name:
            return self._model.names.take(name)
        return self._model.names.take(f"{index.prefix}{described}", described)

    def _only_member(
        self, group: CriteriaGroup, index: Index, name: str | None, path: str, words: str
    ) -> str:
        if group.criteria:
            return self._correlated(
                group.criteria[0], index, name, f"{path}.CriteriaList[0]", words
            )
        if group.demographic_criteria:
            place = f"{path}.DemographicCriteriaList[0]"
            return self._demographic(group.demographic_criteria[0], index, name, place, words)
        return self.group(group.groups[0], index, name, f"{path}.Groups[0]", words)

    def _members(self, group: CriteriaGroup, index: Index, path: str) -> list[str]:
        members = []
        for position, correlated in enumerate(group.criteria):
            place = f"{path}.CriteriaList[{position}]"
            members.append(self._correlated(correlated, index, None, place, ""))
        for position, demographic in enumerate(group.demographic_criteria):
            place = f"{path}.DemographicCriteriaList[{position}]"
            members.append(self._demographic(demographic, index, None, place, ""))
        for position, inner in enumerate(group.groups):
            members.append(self.group(inner, index, None, f"{path}.Groups[{position}]", ""))
        return members

    def _correlated(
        self,
        correlated: CorrelatedCriterion,
        index: Index,
        name: str | None,
        path: str,
        words: str,
    ) -> str:
        events = self.events(correlated.criterion, f"{path}.Criteria")
        occurrence = correlated.occurrence
        keys = (f"{index.name}.person_id", f"{index.name}.{index.key}")
        body = select_text(
            columns=keys,
            source=index.name,
            joins=[
                Join(
                    relation=events,
                    on=tuple(window_conditions(correlated, index, events)),
                    kind="left join" if allows_none(occurrence) else "inner join",
                )
            ],
            group_by=keys,
            having=how_often_text(occurrence, events),
        )
        what = self._model.words_of(events)
        said = f"{occurrence_words(occurrence, what)}, {window_words(correlated, index)}."
        return self._model.add(
            Cte(
                name=self._take(name, index, occurrence_name(occurrence, events)),
                body=body,
                comment=f"{words}\n{said}" if words else said,
            )
        )

    def _demographic(
        self,
        demographic: DemographicCriterion,
        index: Index,
        name: str | None,
        path: str,
        words: str,
    ) -> str:
        person = self._model.table("person")
        body = select_text(
            columns=(f"{index.name}.person_id", f"{index.name}.{index.key}"),
            source=index.name,
            joins=[Join(relation=person, on=(f"{index.name}.person_id = {person}.person_id",))],
            where=demographic_conditions(self._model, demographic, index),
        )
        asked = "_and_".join(given_attributes(demographic)) or "any_kind"
        return self._model.add(
            Cte(
                name=self._take(name, index, f"of_{asked}"),
                body=body,
                comment=words,
            )
        )


def observation_join(events: str) -> Join:
    """The observation period that an event starts in."""
    period = "observation_period"
    return Join(
        relation=period,
        on=(
            compared(f"{events}.person_id", "=", f"{period}.person_id"),
            between(
                f"{events}.start_date",
                f"{period}.observation_period_start_date",
                f"{period}.observation_period_end_date",
                day_is_joined=False,
            ),
        ),
    )


def without_context(criterion: Criterion) -> Criterion:
    """A criterion without what must be true around its events."""
    return criterion.model_copy(update={"correlated_criteria": None})


def _group_name(group: CriteriaGroup) -> str:
    size = len(group.criteria) + len(group.demographic_criteria) + len(group.groups)
    if group.type == "AT_MOST" and not group.count:
        return f"with_none_of_{size}_criteria"
    count = f"_{group.count}" if group.type.startswith("AT_") else ""
    return f"with_{group.type.lower()}{count}_of_{size}_criteria"


def _together(group: CriteriaGroup, members: list[str], index: Index) -> str:
    keys = ("person_id", index.key)
    selects = [f"select * from {member}" for member in members]
    everyone = select_text(columns=keys, source=index.name)
    if not members:
        return everyone
    if group.type == "ALL":
        return "\nintersect\n".join(selects)
    if group.type == "ANY":
        return "\nunion distinct\n".join(selects)
    count = group.count or 0
    compared = f"count(*) {'>=' if group.type == 'AT_LEAST' else '<='} {count}"
    if group.type == "AT_LEAST" and count > 0:
        return _counted_union(selects, keys, compared)
    if group.type == "AT_LEAST":
        return everyone
    return f"{everyone}\nexcept\n{_counted_union(selects, keys, f'count(*) > {count}')}"


def _counted_union(selects: list[str], keys: tuple[str, str], having: str) -> str:
    union = indent("\nunion all\n".join(selects), INDENT)
    source = f"(\n{union}\n) as members"
    return select_text(columns=keys, source=source, group_by=keys, having=having)
