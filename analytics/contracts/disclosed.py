"""Read the `disclosure` of a mart's contract into the rule that `suppress` acts on."""

from collections.abc import Iterator, Mapping

from analytics.contracts.document import DisclosureClause
from analytics.disclosure import AddsUp, DisclosureRule, Pair, Rate, SameAs, Steps


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
            )
            for sums in said.adds_up
        ),
        pairs=tuple(Pair(total=pair.total, part=pair.part) for pair in said.pairs),
        sequence=Steps(order=said.sequence) if said.sequence else None,
        derives={column: tuple(counts) for column, counts in said.derives.items()},
        same_as=tuple(
            SameAs(
                count=same.count,
                quantity=same.quantity,
                where=_values(same.where),
                at=same.at,
                is_told=same.is_told,
            )
            for same in said.same_as
        ),
        rates=tuple(
            Rate(rate=rate.rate, of=rate.of, where=_values(rate.where)) for rate in said.rates
        ),
        people_behind=dict(said.people_behind),
    )


def _values(written: Mapping[str, str | int | bool]) -> dict[str, str]:
    """Values as the text by which disclosure compares them: true, 1, overall."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in written.items()
    }


def columns_named(said: DisclosureClause) -> Iterator[tuple[str, str]]:
    """Each column that the clause names, with the place that names it."""
    for place, names in {
        "key": said.key,
        "people": [said.people] if said.people else [],
        "counts": said.counts,
        "sequence": [said.sequence] if said.sequence else [],
        "derives": [
            *said.derives,
            *(name for used in said.derives.values() for name in used),
        ],
        "same_as": [name for same in said.same_as for name in (same.count, *same.where)],
        "rates": [name for rate in said.rates for name in (rate.rate, rate.of, *rate.where)],
        "people_behind": [*said.people_behind, *said.people_behind.values()],
        "pairs": [
            name
            for pair in said.pairs
            for name in (pair.total, pair.part)
            if not _is_quantity(name)
        ],
        "adds_up": [
            name
            for sums in said.adds_up
            for name in (
                *(sums.over, *sums.within, *sums.total, *sums.total_counts),
                *(n for n in sums.total_counts.values() if not _is_quantity(n)),
            )
        ],
    }.items():
        yield from ((f"disclosure.{place}", name) for name in names)


def _is_quantity(name: str) -> bool:
    """A quantity is several words, or has the row's values in it; a column is one word."""
    return " " in name or "{" in name
