"""How many people stand behind the rows of a check: by them its numbers are told or withheld.

Fifty rows may be one person's. Asked of the breaking rows and of the rows looked at, in the
plainest words of the check (`Asking.rows`), and only of checks whose numbers could be told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from analytics.contracts import load_contracts

PERSON_ID = "person_id"
PEOPLE_OF = "select count(*) from (select distinct person_id from ({rows}) as t) as people"
WITH_A_ROW_LEFT = """
    select count(*) from (
        select person_id, sum(kept) as n_kept
        from (
            select person_id, 1 as kept from ({looked_at}) as rows_looked_at
            union all
            select person_id, -1 as kept from ({breaking}) as breaking_rows
        ) as rows_of_people
        group by person_id
    ) as people
    where people.n_kept > 0
"""


@dataclass(frozen=True, kw_only=True)
class PeopleBehind:
    """People with a row looked at; of them, those with a row that breaks the check.

    Where all of them have one, `n_people_kept` of them also have a row that does not; otherwise it
    is None, as those without a breaking row have. Rows that name nobody may all be one person's:
    they count as one.
    """

    n_people: int
    n_people_violated: int
    n_people_kept: int | None

    def may_be_told(self, smallest_cell: int) -> bool:
        """Whether no part that the rows fall into is made of few people (of nobody it may be)."""
        parts = (
            self.n_people_violated,
            self.n_people - self.n_people_violated,
            self.n_people_kept or 0,
        )
        return not any(0 < part < smallest_cell for part in parts)


NOBODY = PeopleBehind(n_people=0, n_people_violated=0, n_people_kept=None)
COLUMNS = ("n_people", "n_people_violated", "n_people_kept")


@cache
def tables_about_nobody() -> frozenset[str]:
    """The tables whose rows are no people's, as what is published of them says."""
    rule = load_contracts("marts")["ohdsi_check"].disclosure
    assert rule is not None
    return frozenset(rule.about_nobody["table_name"])


def count_behind(
    ask: Callable[[str], int], *, looked_at: str, breaking: str, known: dict[str, int]
) -> PeopleBehind:
    """The people behind two queries for rows; `ask` answers a query for one number.

    `known` are the people looked at, by the query for their rows; what is asked is added to it.
    """
    if looked_at not in known:
        known[looked_at] = ask(PEOPLE_OF.format(rows=looked_at))
    n_people, n_people_violated = known[looked_at], ask(PEOPLE_OF.format(rows=breaking))
    kept = None
    if n_people == n_people_violated:
        kept = ask(WITH_A_ROW_LEFT.format(looked_at=looked_at, breaking=breaking))
    return PeopleBehind(n_people=n_people, n_people_violated=n_people_violated, n_people_kept=kept)


def as_columns(behind: PeopleBehind | None) -> Mapping[str, int | None]:
    """The numbers as columns of a frame; None where nobody was counted."""
    return {name: None if behind is None else getattr(behind, name) for name in COLUMNS}


def in_columns(row: Mapping[str, int | None]) -> PeopleBehind | None:
    """The numbers of a row of a frame; None where nobody was counted."""
    n_people, n_people_violated, n_people_kept = (row[name] for name in COLUMNS)
    if n_people is None or n_people_violated is None:
        return None
    return PeopleBehind(
        n_people=n_people, n_people_violated=n_people_violated, n_people_kept=n_people_kept
    )
