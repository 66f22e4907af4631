"""Ask a database how many people stand behind the rows of checks."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Protocol, cast

from analytics.quality.answers import Question
from analytics.quality.asked_database import AskedDatabase
from analytics.quality.people_behind import (
    NOBODY,
    PERSON_ID,
    PeopleBehind,
    count_behind,
    tables_about_nobody,
)

OF_VALUES = ("sourceValueCompleteness",)
"""What is counted is no row but each different value, whoever's it is."""


class Cursor(Protocol):
    """What a database's own connection is asked with."""

    def execute(self, query: str) -> object:
        """Ask."""

    def fetchall(self) -> Sequence[Sequence[int]]:
        """The rows of the answer."""


class Connection(Protocol):
    """A database's own connection."""

    def cursor(self) -> Cursor:
        """Where to ask."""

    def close(self) -> None:
        """Give it back."""


def count_people(database: AskedDatabase, questions: Iterable[Question]) -> dict[str, PeopleBehind]:
    """By the id of each check the people behind its rows; none where it is not known whose."""
    found: dict[str, PeopleBehind] = {}
    known: dict[str, int] = {}
    with closing(cast(Connection, database.creator())) as connection:
        cursor = connection.cursor()

        def ask(query: str) -> int:
            cursor.execute(query)
            return int(cursor.fetchall()[0][0])

        for check, asking in questions:
            looked_at = asking.looked_at.rows
            names_people = PERSON_ID in database.catalogue.get(check.table, {})
            if check.table in tables_about_nobody():
                found[check.check_id] = NOBODY
            elif looked_at and names_people and check.name not in OF_VALUES:
                found[check.check_id] = count_behind(
                    ask, looked_at=looked_at, breaking=asking.rows, known=known
                )
    return found
