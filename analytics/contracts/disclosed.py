"""Read the `disclosure` of a mart's contract into the rule that `suppress` acts on."""

from collections.abc import Iterable, Iterator, Mapping

from analytics.contracts.disclosure_clauses import DisclosureClause, RoughlyClause
from analytics.disclosure import (
    AddsUp,
    Compared,
    Derived,
    DisclosureRule,
    Judged,
    Pair,
    PartOf,
    Roughly,
    SaidInstead,
    SameAs,
    Steps,
    ToldAnyway,
)


def read_disclosure(said: DisclosureClause, grain: tuple[str, ...]) -> DisclosureRule:
    """The rule that the clause states; its key is the grain where it names none."""
    return DisclosureRule(
        level=said.level,
        key=tuple(said.key) or grain,
        people=said.people,
        counts=tuple(said.counts),
        adds_up=tuple(
            AddsUp(
                over=sums.over,
                within=tuple(sums.within),
                total=_values(sums.total),
                total_counts=dict(sums.total_counts),
                overlaps=_any_of(sums.overlaps),
            )
            for sums in said.adds_up
        ),
        parts_of=tuple(
            PartOf(count=part.count, column=part.column, quantity=part.quantity)
            for part in said.parts_of
        ),
        pairs=tuple(
            Pair(
                total=pair.total,
                part=pair.part,
                rest=pair.rest,
                by_person=pair.by_person,
                where=_values(pair.where),
                at=pair.at,
                may_differ=pair.may_differ,
                never_small=pair.never_small,
            )
            for pair in said.pairs
        ),
        sequence=Steps(order=said.sequence) if said.sequence else None,
        derives=tuple(
            Derived(
                columns=tuple(derived.columns),
                counts=tuple(derived.counts),
                where=_any_of(derived.where),
            )
            for derived in said.derives
        ),
        compares=tuple(
            Compared(
                columns=tuple(compared.columns),
                of=compared.of,
                group=compared.group,
                reference=compared.reference,
            )
            for compared in said.compares
        ),
        told_anyway=tuple(
            ToldAnyway(
                columns=tuple(told.columns),
                decimals=told.decimals,
                at_least=dict(told.at_least),
                where=_any_of(told.where),
            )
            for told in said.told_anyway
        ),
        says_instead=tuple(
            SaidInstead(column=word.column, of=word.of, words=word.words)
            for word in said.says_instead
        ),
        same_as=tuple(
            SameAs(
                count=same.count,
                quantity=same.quantity,
                where=_values(same.where),
                at=same.at,
                is_told=same.is_told,
                may_differ=same.may_differ,
            )
            for same in said.same_as
        ),
        people_behind=dict(said.people_behind),
        rounded=tuple(said.rounded),
        roughly=_roughly(said.roughly),
        never_small=tuple(said.never_small),
        about_nobody=_any_of(said.about_nobody),
    )


def _roughly(said: RoughlyClause | None) -> Roughly | None:
    if said is None:
        return None
    judged = said.judged
    return Roughly(
        count=said.count,
        multiple=said.multiple,
        block=tuple(said.block),
        step=said.step,
        over=said.over,
        judged=Judged(
            column=judged.column,
            fewest=judged.fewest,
            too_few=judged.too_few,
            instead=judged.instead,
        ),
    )


def _values(written: Mapping[str, str | int | bool]) -> dict[str, str]:
    """Values as the text by which disclosure compares them: true, 1, overall."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in written.items()
    }


def _any_of(written: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in written.items()}


def columns_named(said: DisclosureClause) -> Iterator[tuple[str, str]]:
    """Each column that the clause names, with the place that names it."""
    for place, names in {
        "key": said.key,
        "people": [said.people] if said.people else [],
        "counts": said.counts,
        "sequence": [said.sequence] if said.sequence else [],
        "derives": _all((each.columns, each.counts, each.where) for each in said.derives),
        "compares": _all(
            (each.columns, [each.of, each.group, each.reference]) for each in said.compares
        ),
        "told_anyway": _all((each.columns, each.at_least, each.where) for each in said.told_anyway),
        "says_instead": _all(([each.column, each.of],) for each in said.says_instead),
        "same_as": _all(([each.count], each.where) for each in said.same_as),
        "parts_of": [name for part in said.parts_of for name in (part.count, part.column)],
        "people_behind": [*said.people_behind, *said.people_behind.values()],
        "rounded": said.rounded,
        "roughly": _named_roughly(said.roughly),
        "never_small": said.never_small,
        "about_nobody": list(said.about_nobody),
        "pairs": _all(
            (
                [name for name in (pair.total, pair.part) if not _is_quantity(name)],
                [pair.rest] if pair.rest else [],
                pair.where,
            )
            for pair in said.pairs
        ),
        "adds_up": _all(
            (
                [sums.over, *sums.within, *sums.total, *sums.total_counts, *sums.overlaps],
                [name for name in sums.total_counts.values() if not _is_quantity(name)],
            )
            for sums in said.adds_up
        ),
    }.items():
        yield from ((f"disclosure.{place}", name) for name in names)


def _named_roughly(said: RoughlyClause | None) -> list[str]:
    if said is None:
        return []
    return [said.count, *said.block, said.step, said.over, said.judged.column]


def _all(named: Iterable[tuple[Iterable[str], ...]]) -> list[str]:
    """All names of all lists, in one."""
    return [name for lists in named for names in lists for name in names]


def _is_quantity(name: str) -> bool:
    """A quantity is several words, or has the row's values in it; a column is one word."""
    return " " in name or "{" in name
