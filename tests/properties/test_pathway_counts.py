"""Whatever people do, the counts of pathways tell no count of fewer than 11 of them."""

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.pathways import Pathways
from analytics.pathways.cohort_rows import TargetPathways
from analytics.pathways.counts import OTHER_PATHWAYS, count_pathways
from tests.support.plainly_disclosure import Reader

SMALLEST = 11
PATHWAYS = ("None", "A", "B", "A-B", "B-A", "A+B")
YEARS = (2019, 2020, 2021)
cell = st.sampled_from([0, 0, 1, 3, 10, 11, 12, 15, 40])
people = st.fixed_dictionaries({(p, year): cell for p in PATHWAYS for year in YEARS})


def target(numbers: dict[tuple[str, int], int]) -> TargetPathways:
    """So many people with each pathway in each index year."""
    each = [key for key, number in numbers.items() for _ in range(number)]
    persons = range(1, len(each) + 1)
    pathways = {
        "person_id": persons,
        "episode": [1] * len(each),
        "pathway": [pathway for pathway, _ in each],
        "n_steps": [1] * len(each),
    }
    kinds = {"person_id": pl.Int64, "episode": pl.Int32, "pathway": pl.String, "n_steps": pl.Int32}
    return TargetPathways(
        target_id=1,
        target_name="X",
        found=Pathways(steps=pl.DataFrame(), person_pathway=pl.DataFrame(pathways, schema=kinds)),
        index_year=pl.DataFrame(
            {"person_id": persons, "index_year": [year for _, year in each]},
            schema={"person_id": pl.Int64, "index_year": pl.Int32},
        ),
    )


def true_counts(numbers, named: set[str]) -> dict[tuple[str, str], int]:
    """People by group and pathway as named in the table."""
    counts: dict[tuple[str, str], int] = {}
    for (pathway, year), number in numbers.items():
        called = pathway if pathway in named else OTHER_PATHWAYS
        for group in ("Everyone", str(year)):
            counts[group, called] = counts.get((group, called), 0) + number
    return counts


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(people, st.booleans(), st.booleans())
def test_every_small_count_could_be_a_large_one(numbers, by_year, has_none) -> None:
    shown = count_pathways(
        [target(numbers)], smallest_cell=SMALLEST, by_year=by_year, has_none=has_none
    )

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
