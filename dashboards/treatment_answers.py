"""The sentences of the pages about treatments: paths, lines of therapy, days."""

from dataclasses import dataclass

import polars as pl

from dashboards import amounts, words
from dashboards.choosing import one_row
from dashboards.palette import OTHERS

PATHS_CAUTION = (
    "A path shows what was done, not what works: people on different paths were different to "
    "begin with."
)
PATHS_BY_GROUP = (
    "The commonest paths of everyone, with the share of each group's people and how many they are. "
    "A group is what a person was on entering the target."
)
LINES = (
    "Line 1 is the first treatment or combination of a person, line 2 the next. A share of "
    "“Any treatment” is of all people of the target, that of a treatment of those who reach the "
    "line, and that of what follows of those who start the treatment."
)
FOLLOWING = (
    "Adds and drops: the next line has all parts of this one and another, or some of them. "
    "Restarts: the next line is a treatment that the person had before. Goes on: the treatment "
    "still runs when follow-up ends."
)
DURATIONS = (
    "Days on treatment are those of the steps; days to next line count from the start of a line to "
    "the start of the next, of those who reach it. A record of a single day lasts 0 days."
)
PERSISTENCE = (
    "Still on all parts of the treatment on that day, of the people followed for so many days: "
    "until the window closes, death or the end of observation. Gaps up to the study's "
    "era_collapse_size are allowed."
)
DAYS_COVERED = (
    "The proportion of days covered (PDC) is covered days over the days of the period, which ends "
    "earlier where the window closes, at death and at the end of observation."
)
NO_PERSISTENCE = "Nothing is counted for this line: too few people reach it."
LINES_CAUTION = (
    "A line ends in the record when nothing more is recorded, which is not always when a person "
    "stops. What follows a treatment is not because of it."
)


def paths(pathways: pl.DataFrame) -> str:
    """The most common path, and how many had no treatment."""
    total = pathways["n_people_total"].drop_nulls().to_list()
    whole = f"Of {amounts.people(total[0])}, " if total else ""
    is_path = ~pl.col("pathway").is_in(["None", *OTHERS])
    treated = pathways.filter(is_path).drop_nulls("n_people")
    if treated.is_empty():
        return f"{whole}no treatment path is common enough to show."
    top = treated.row(0, named=True)
    said = (
        f"{whole}{_with_share(top['n_people'], top['share'])} followed the most common path: "
        f"{words.path(top['pathway'])}"
    )
    none = one_row(pathways, pathway="None")
    if none and isinstance(none["n_people"], int):
        said += f". {_with_share(none['n_people'], none['share'])} had no treatment recorded"
    return f"{said}."


def _with_share(n_people: int, share: object) -> str:
    """A count and, unless that is withheld, its share in brackets."""
    said = amounts.number(share)
    return amounts.count(n_people) + ("" if said is None else f" ({amounts.share(said)})")


@dataclass(frozen=True, kw_only=True)
class About:
    """Of which study numbers are, by which reading, and of whose drug eras."""

    study: str
    compat: str
    drug_eras: str

    @property
    def words(self) -> str:
        """One sentence, for the foot of a page."""
        return f"Reading: {self.compat}; events: {self.drug_eras}."

    def said(self) -> dict[str, pl.Expr]:
        """The same as columns of a file that is taken away."""
        told = {"Study": self.study, "Reading": self.compat, "Drug eras": self.drug_eras}
        return {name: pl.lit(text) for name, text in told.items()}


def about(rows: pl.DataFrame, events: pl.DataFrame) -> About:
    """What is to be said of all numbers of a study; `events` says where its events came from."""
    sources = [name for name in words.DRUG_ERAS if name in events["source"].to_list()]
    eras = [words.source_of_events(name) for name in sources]
    return About(
        study=str(rows["study"].to_list()[0]),
        compat=words.listing(rows["compat"].unique().sort().to_list()),
        drug_eras=words.listing(eras) if eras else "no drug eras",
    )


def nothing_of(group: str) -> str:
    """What is said of a group whose every path is withheld."""
    return f"No path of the group {group} is common enough to show."


def of_whom(attribute: str, group: str) -> str:
    """Whose paths are drawn."""
    if attribute == "overall":
        return "Everyone of the target cohort."
    return f"{words.PATHS_BY[attribute]}: {group}. Of groups only the commonest paths are named."


def reading(paths: pl.DataFrame) -> str:
    """By which reading of the rules the paths were made."""
    said = {
        "clean": "Paths are made as the rules of TreatmentPatterns are documented (clean).",
        "tp31": "Paths are made as TreatmentPatterns 3.1.0 makes them, side effects included "
        "(tp31).",
    }
    found = paths["compat"].unique().sort().to_list()
    return " ".join(said.get(name, name) for name in found)


def lines(rows: pl.DataFrame) -> str:
    """Of how many, how many start a first treatment, and what that is most often."""
    first = one_row(
        rows.filter((pl.col("line_number") == 1) & pl.col("is_any_treatment")),
        what_follows="starts",
    )
    treated = rows.filter(
        (pl.col("line_number") == 1)
        & (pl.col("what_follows") == "starts")
        & ~pl.col("is_any_treatment")
        & ~pl.col("treatment").is_in(OTHERS)
    ).drop_nulls("n_people")
    if not first or not isinstance(first["n_people"], int):
        return "How many people start a first treatment is withheld."
    said = amounts.people(first["n_people"])
    total = first["n_people_total"]
    if isinstance(total, int):
        said += f" ({amounts.share(amounts.number(first['share']))} of {total:,})"
    said += " start a first treatment"
    if treated.is_empty():
        return f"{said}; no treatment is common enough to show."
    begun = [
        f"{words.step(str(row['treatment']))} {_with_share(row['n_people'], row['share'])}"
        for row in treated.head(2).iter_rows(named=True)
    ]
    return f"{said}, most often {words.listing(begun)}."


def nothing_follows(line_number: int) -> str:
    """What is said of a line whose counts of what follows are all withheld."""
    return f"What follows in line {line_number} is withheld: counts in it are too small."


def none_of(measure: str) -> str:
    """What is said where no days of a line can be shown."""
    return f"Too few people for the {measure} of this line, or they would tell of fewer."
