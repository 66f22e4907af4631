"""Which further counts must go, so that no withheld small one can be worked out from what is shown.

The reader is taken to know every relation between the counts. A small count is protected when, for
that reader, it could still be `smallest_cell` or more. The largest value it can take is looked for
in each relation by itself first and then, where withheld counts meet in several relations, by
linear programming over all of them together (`program`).

Could a withheld count be 0? Not where people of a row are counted: without people there would be no
row. Elsewhere only if a 0 would be withheld there too: in a row about few people, of which
nothing is told, and where a total of fewer than twice the smallest cell is not broken down at all.
Without that, eleven people with the outcome could not be told: that two sexes have them would
say that each has fewer.
"""

from collections.abc import Iterable, Mapping

from analytics.disclosure.cells import Sheet
from analytics.disclosure.program import Program, Unknowns
from analytics.disclosure.relations import Relation, Relations


class Protection:
    """The counts withheld so far, and the reasons to withhold more."""

    def __init__(self, sheet: Sheet, relations: Relations, smallest_cell: int) -> None:
        self.sheet = sheet
        self.values = relations.values
        self.relations = relations.relations
        self.n_shown = relations.n_shown
        self.smallest_cell = smallest_cell
        self.is_unknown = [False] * self.n_shown + [True] * (len(self.values) - self.n_shown)
        self.unknowns = Unknowns(
            values=self.values, is_unknown=self.is_unknown, least=self.least, most=self.most
        )
        self.relations_of: list[list[int]] = [[] for _ in self.values]
        for place, relation in enumerate(self.relations):
            for cell in (relation.total, *relation.parts):
                self.relations_of[cell].append(place)
        self.told_units = sheet.told_units()
        self.not_broken_down: set[int] = set()
        self.rows_with_gaps: set[int] = set()
        self.known_least = {
            cell: smallest_cell
            for cell in relations.never_small
            if self.values[cell] >= smallest_cell
        }
        self.known_most: dict[int, int] = {}
        self.needed: dict[int, int] = {}
        self.is_safe: set[int] = set()
        self._must_not_tell(
            cell
            for cell in range(self.n_shown, len(self.values))
            if relations.is_count[cell] and 0 < self.values[cell] < smallest_cell
        )
        self._break_no_small_total_down(relations)

    def _must_not_tell(self, cells: Iterable[int]) -> None:
        # A 0 goes with its row when few people stand behind it, but may be told: it is nobody's.
        for cell in cells:
            if self.values[cell] > 0:
                self.needed[cell] = max(self.smallest_cell, self.values[cell] + 1)

    def _break_no_small_total_down(self, relations: Relations) -> None:
        """Withhold all parts of a total of which at least one must be small, or 0."""
        for total, parts in relations.breakdowns:
            if 0 < self.values[total] < 2 * self.smallest_cell:
                self.not_broken_down.update(parts)
        for cell in self.not_broken_down:
            self._withhold(cell)

    def withhold(self, cells: set[int]) -> None:
        """Withhold these shown cells, and whatever would tell them or a hidden small count.

        Withholding more never makes a protected cell less so: what was safe stays safe.
        """
        self._must_not_tell(cells)
        for cell in sorted(cells):
            self._withhold(cell)
        unsafe = sorted(set(self.needed) - self.is_safe)
        for place in sorted({place for cell in unsafe for place in self.relations_of[cell]}):
            self._protect_within(self.relations[place])
        for cell in unsafe:
            self._protect_across(cell)
            self.is_safe.add(cell)

    def withheld(self) -> set[int]:
        """The numbers of all shown cells that are withheld."""
        return {cell for cell in range(self.n_shown) if self.is_unknown[cell]}

    def may_know(self, at_least: Mapping[int, int]) -> bool:
        """May a reader know these least values? If so, they are taken to be known from now on."""
        before = self.known_least
        self.known_least = {**before, **at_least}
        unknown = [cell for cell in at_least if self.is_unknown[cell]]
        program = self.program_of(unknown)
        unsure = [cell for cell in program.column if cell in self.needed]
        while unsure:
            reached = program.reached(unsure[0], unsure[1:])
            if unsure[0] not in reached:
                self.known_least = before
                return False
            unsure = [cell for cell in unsure if cell not in reached]
        return True

    def least(self, cell: int) -> int:
        """The least value that a reader holds possible for an unknown cell."""
        if cell in self.known_least:
            return self.known_least[cell]
        if cell >= self.n_shown or self.values[cell] == 0:
            return 0
        if cell in self.sheet.people:
            return 1
        if cell in self.not_broken_down:
            return 0
        people = self.sheet.people_of_row[cell]
        return 0 if people and all(self.is_unknown[other] for other in people) else 1

    def most(self, cell: int) -> int | None:
        """The largest value that a reader holds possible for an unknown cell; None for any."""
        return self.known_most.get(cell)

    def program_of(self, cells: Iterable[int]) -> Program:
        """All relations that reach these cells through withheld ones."""
        return Program(self._reached_from(cells), self.unknowns, self.needed)

    def known(self, relation: Relation) -> list[int]:
        """The shown cells of a relation that would widen it if they were withheld."""
        cells = (relation.total, *relation.parts)
        return [cell for cell in cells if not self.is_unknown[cell] and self.values[cell] > 0]

    def _withhold(self, cell: int) -> None:
        for member in self.sheet.members[self.sheet.unit[cell]]:
            self.is_unknown[member] = True
            self.rows_with_gaps |= self._rows(member)

    def _rows(self, cell: int) -> set[int]:
        """The rows that a cell stands in, known by the cells that count their people."""
        return self.sheet.people_of_row[cell] or {cell}

    def _withhold_one_of(self, cells: Iterable[int]) -> None:
        """Withhold the cell that costs least.

        One that is not told; for which few rows get their first gap; in few relations; small;
        early.
        """

        def cost(cell: int) -> tuple[bool, int, int, int, int]:
            unit = self.sheet.unit[cell]
            members = self.sheet.members[unit]
            rows = {row for member in members for row in self._rows(member)}
            n_relations = sum(len(self.relations_of[member]) for member in members)
            return (
                unit in self.told_units,
                len(rows - self.rows_with_gaps),
                n_relations,
                self.values[cell],
                cell,
            )

        self._withhold(min(cells, key=cost))

    def _protect_within(self, relation: Relation) -> None:
        """Look at one relation as if it were the only one."""
        while self._falls_short_within(relation):
            self._withhold_one_of(self.known(relation))

    def _falls_short_within(self, relation: Relation) -> bool:
        """Is there a cell that this relation alone keeps below what it needs?"""
        cells = (relation.total, *relation.parts)
        unknown = [cell for cell in cells if self.is_unknown[cell]]
        if self.is_unknown[relation.total] and len(unknown) > 1:
            return False  # then nothing bounds the others from above
        # A part can grow by as much as the other unknown parts can shrink.
        room = {cell: self.values[cell] - self.least(cell) for cell in unknown}
        all_room = sum(room.values())
        return any(
            self.values[cell] + all_room - room[cell] < self.needed[cell]
            for cell in unknown
            if cell in self.needed
        )

    def _protect_across(self, cell: int) -> None:
        """Look at all relations that reach the cell through withheld cells."""
        while cell not in self.is_safe:
            relations = self._reached_from([cell])
            if len(relations) < 2:
                return
            program = Program(relations, self.unknowns, self.needed)
            others = [c for c in program.column if c in self.needed and c not in self.is_safe]
            reached = program.reached(cell, [other for other in others if other != cell])
            self.is_safe |= reached
            if cell not in reached:
                binding = program.binding(cell)
                self._withhold_one_of({c: None for r in binding for c in self.known(r)})

    def _reached_from(self, cells: Iterable[int]) -> list[Relation]:
        """The relations that reach these cells through withheld ones."""
        waiting = list(cells)
        seen, places = set(waiting), set[int]()
        while waiting:
            for place in self.relations_of[waiting.pop()]:
                if place in places:
                    continue
                places.add(place)
                relation = self.relations[place]
                for other in (relation.total, *relation.parts):
                    if self.is_unknown[other] and other not in seen:
                        seen.add(other)
                        waiting.append(other)
        return [self.relations[place] for place in sorted(places)]
