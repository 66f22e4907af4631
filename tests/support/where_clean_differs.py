"""Where `clean` differs from `tp31` on the recorded runs, and why, as a Markdown table.

Print it with `python -m tests.support.where_clean_differs`.
"""

from dataclasses import dataclass
from functools import cache

from tests.support.treatmentpatterns import Line, Run, Step, paths, recorded_runs

DURATION = "tp31 gives an era the days of its last record"
END = "tp31 ends an era with its last record, though an earlier one ended later"
BEGINNING = "tp31 loses the beginning of an era whose records contain one another"
GAP = "tp31 measures a gap from the last record, not from the era's latest end"
SHORT = "tp31 drops a short record that nothing overlapped, because there is an overlap elsewhere"
ORDER = "tp31 drops short records in its first round, before they are combined"
LABEL = "tp31 writes 'As (therapy)', and names only the last of several split events"
EXIT = "tp31 holds min_era_duration against exits, and a death lasts 0 days"
KEEP = "tp31 looks no further in a person after an overlap that it keeps"
CHANGES = "tp31 never merges neighbours with changes"

WHY = {
    "A-B-B, collapse to A-B": [DURATION],
    "A-A-B, collapse to A-B (Changes)": [DURATION],
    "A-A-B, collapse to A-B": [DURATION],
    "collapse A-B-B-B to A-B": [DURATION],
    "collapse A-A-B-B to A-B": [DURATION],
    "collapse A-A-B-B to A-B 2": [DURATION],
    "collapse: A-A-A-A-A-A-A-A to A": [DURATION],
    "collapse: A-A-A-A-A-A-A-A to A-A": [DURATION],
    "Pathways": [DURATION],
    "split 30: A 12 d, then A 80 d": [LABEL],
    "split at exactly the cutoff": [LABEL],
    "two split cohorts": [LABEL],
    "exit, minEraDuration 1 removes one-day exit": [EXIT],
    "keep: short overlap then long overlap": [KEEP],
    "collapse with contained record": [END],
    "collapse gap from record, not era": [GAP, END],
    "Changes: A A B A, gaps over 30": [CHANGES],
    "short untouched record, another person overlaps": [SHORT],
    "seed 2": [END],
    "seed 3": [END],
    "seed 6": [SHORT],
    "seed 8": [END],
    "seed 10": [END],
    "seed 14": [DURATION],
    "seed 15": [END],
    "seed 17": [DURATION],
    "seed 18": [END],
    "seed 20": [END],
    "seed 22": [DURATION],
    "seed 23": [END, ORDER],
    "seed 24": [BEGINNING],
    "seed 26": [ORDER],
    "seed 29": [END],
    "seed 30": [END],
}
"""For each run in which the two readings differ, the reasons."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A line of a run for which the two readings have other steps."""

    run: Run
    tp31: list[Step]
    clean: list[Step]

    @property
    def has_another_path(self) -> bool:
        """Do the pathways differ, and not only their dates or days?"""
        return [step[0] for step in self.tp31] != [step[0] for step in self.clean]


@cache
def differences(kind: str) -> tuple[Difference, ...]:
    """Each line of each recorded run of that kind in which the readings differ."""
    found = []
    for run in recorded_runs(kind):
        tp31, clean = run.found("tp31"), run.found("clean")
        lines: set[Line] = {*tp31, *clean}
        for line in sorted(lines):
            if tp31.get(line) != clean.get(line):
                steps = {"tp31": tp31.get(line, []), "clean": clean.get(line, [])}
                found.append(Difference(run=run, **steps))
    return tuple(found)


def table_of_differences() -> str:
    """The table and, for each kind of run, how many differ, as Markdown."""
    lines = ["| run | tp31 | clean | why |", "|---|---|---|---|"]
    for kind in KINDS:
        for found in differences(kind):
            cells = [_in_words(steps) for steps in (found.tp31, found.clean)]
            why = "; ".join(WHY[found.run.name])
            lines.append(f"| {found.run.name} | {' | '.join(cells)} | {why} |")
    lines.append("")
    for kind, called in KINDS.items():
        runs = recorded_runs(kind)
        n_paths = sum(paths(run.found("clean")) != paths(run.found("tp31")) for run in runs)
        n_steps = sum(run.found("tp31") != run.found("clean") for run in runs)
        lines.append(
            f"- {called}: {len(runs)} runs, {n_paths} with another path, "
            f"{n_steps} other in any step"
        )
    return "\n".join(lines) + "\n"


KINDS = {
    "cases": "the package's own tests",
    "own_cases": "corner cases",
    "random_cases": "random people",
}


def main() -> None:
    """Print the table."""
    print(table_of_differences(), end="")


def _in_words(steps: list[Step]) -> str:
    return ", ".join(
        f"{event} {start:%m-%d} to {end:%m-%d} ({days} d)" for event, start, end, days in steps
    )


if __name__ == "__main__":
    main()
