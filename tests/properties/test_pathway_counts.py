"""Whatever people do, the counts of pathways and lines tell no count of fewer than 11 of them."""

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.disclosure import suppress
from analytics.pathways.cohort_rows import pathways_of_rows
from analytics.pathways.shown import OTHER_PATHWAYS
from analytics.pathways.withholding import (
    COUNTS,
    count_and_withhold,
    count_tables,
    disclosure_rules,
)
from analytics.studies import PathwaySettings
from tests.support.everything_known import small_counts
from tests.support.known_groups import Groups
from tests.support.plainly_disclosure import Reader
from tests.support.treatments_known import Treatments

SMALLEST = 11
PATHWAYS = ("None", "A", "B", "A-B", "B-A", "A+B")
YEARS = (2019, 2020, 2021)
cell = st.sampled_from([0, 0, 1, 3, 10, 11, 12, 15, 40, 70])
people = st.fixed_dictionaries({(p, year): cell for p in PATHWAYS for year in YEARS})
EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def asked(**more: bool) -> PathwaySettings:
    """Pathways of two treatments."""
    return PathwaySettings(targets={1: "X"}, events={2: "A", 3: "B"}, **more)


def cohort_rows(numbers: dict[tuple[str, int], int]) -> pl.DataFrame:
    """So many people with each pathway in each index year; every other one stays on the last."""
    rows: list[tuple[int, int, int, int]] = []
    each = [key for key, number in numbers.items() for _ in range(number)]
    for person, (pathway, year) in enumerate(each, start=1):
        first = 365 * (year - 1970) + 100
        rows.append((1, person, first, first + 300))
        steps = [] if pathway == "None" else pathway.split("-")
        for place, step in enumerate(steps):
            start = first + 100 * place
            for event in step.split("+"):
                rows.append((2 + "AB".index(event), person, start, start + 60 + 300 * (person % 2)))
                if place + 1 < len(steps):
                    rows[-1] = (*rows[-1][:3], start + 60)
    columns = ("cohort_definition_id", "subject_id", "start_day", "end_day")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Int64), orient="row")


def true_counts(numbers, named: set[str]) -> dict[tuple[str, str], int]:
    """People by group and pathway as named in the table."""
    counts: dict[tuple[str, str], int] = {}
    for (pathway, year), number in numbers.items():
        called = pathway if pathway in named else OTHER_PATHWAYS
        for group in ("Everyone", str(year)):
            counts[group, called] = counts.get((group, called), 0) + number
    return counts


@EXAMPLES
@given(people, st.booleans(), st.booleans())
def test_every_small_count_could_be_a_large_one(numbers, by_year, has_none) -> None:
    if not any(numbers.values()):
        return
    wanted = asked(stratify=by_year, none_paths=has_none)
    found = pathways_of_rows(cohort_rows(numbers), wanted)
    shown = count_and_withhold(found, wanted, SMALLEST)[COUNTS]

    rows = {(row["group_name"], row["pathway"]): row for row in shown.iter_rows(named=True)}
    named = {pathway for _, pathway in rows} | {"None"}
    truth = true_counts(numbers, named)
    reader = Reader()
    groups = sorted({group for group, _ in rows})
    for group in groups:
        total = next(row["n_people_total"] for (of, _), row in rows.items() if of == group)
        reader.count(f"{group} in all", total)
        cells = [(of, pathway) for of, pathway in truth if of == group]
        for key in cells:
            reader.count(str(key), rows.get(key, {}).get("n_people"), truth=truth[key])
        reader.adds_up(f"{group} in all", [str(key) for key in cells])
    years = [group for group in groups if group != "Everyone"]
    for pathway in {pathway for _, pathway in truth} if years else ():
        parts = [str((year, pathway)) for year in years if (year, pathway) in truth]
        reader.adds_up(str(("Everyone", pathway)), parts)

    small = [str(k) for k, n in truth.items() if k[0] in groups and 0 < n < SMALLEST]
    assert [name for name in small if reader.knows(name)] == []
    assert reader.bounds_below(SMALLEST, small) == {}
    for key, row in rows.items():
        assert row["n_people"] in (None, truth[key])


@EXAMPLES
@given(people)
def test_nor_do_the_counts_of_lines_tell_one(numbers) -> None:
    if not any(numbers.values()):
        return
    truth = count_tables(pathways_of_rows(cohort_rows(numbers), asked()), asked(), SMALLEST)
    shown = suppress(truth, disclosure_rules(), SMALLEST)

    groups = Groups()
    treatments = Treatments(groups, "1")
    for name, read in (
        (COUNTS, treatments.read_paths),
        ("treatment_line", treatments.read_lines),
        ("treatment_duration", treatments.read_durations),
        ("treatment_persistence", treatments.read_persistence),
        ("treatment_days_covered", treatments.read_days_covered),
    ):
        rows = (truth[name].iter_rows(named=True), shown[name].iter_rows(named=True))
        read(zip(*rows, strict=True))
    reader = groups.reader
    small = small_counts(reader)
    assert reader.lies() == []
    assert [name for name in small if reader.knows(name)] == []
    assert reader.bounds_below(SMALLEST, small) == {}
