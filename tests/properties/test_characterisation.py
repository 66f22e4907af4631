"""Of a Table 1 that is shown, nobody can tell that a count behind it is small.

A curious reader knows how everything is computed, that rows of the groups of an attribute make up
everyone, and that a row has one covariate at most of an analysis such as sex; and asks a solver for
the largest value of each count of 1 to 10.
"""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.features.characterisation import characterise, compare_disclosed, compare_groups
from analytics.features.characterisation.disclosed import disclose
from analytics.features.covariates import Covariates
from tests.support.plainly_disclosure import Reader

SMALLEST = 11
GENDER, AGE_GROUP, ANY, COUNTED = 1, 3, 102, 905
FOR_LIFE = ("sex", "race")
KINDS = {GENDER: "Y", AGE_GROUP: "Y", ANY: "Y", COUNTED: "N"}
Place = tuple[str, str, int]


@st.composite
def cohorts(draw: st.DrawFn) -> tuple[Covariates, pl.DataFrame]:
    """Covariates and groups of a few hundred rows, of people who have one row or several."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_rows = draw(st.integers(30, 400))
    n_people = max(1, round(n_rows / draw(st.sampled_from([1.0, 1.3, 4.0]))))
    of_row = chance.integers(0, n_people, n_rows)
    sex = chance.choice(3, n_people, p=draw(st.sampled_from([[0.5, 0.48, 0.02], [0.6, 0.3, 0.1]])))
    race = chance.choice(4, n_people, p=[0.6, 0.2, 0.15, 0.05])
    ids = np.arange(n_rows)
    parts = [
        (ids, sex[of_row] * 1000 + GENDER),
        (ids, chance.choice(5, n_rows, p=[0.4, 0.3, 0.2, 0.07, 0.03]) * 1000 + AGE_GROUP),
    ]
    for number, share in enumerate((0.01, 0.05, 0.15, 0.5, 0.9, 0.99, 1.0)):
        has = ids[chance.random(n_rows) < share]
        parts.append((has, np.full(len(has), number * 1000 + ANY)))
    has = ids[chance.random(n_rows) < 0.3]
    parts.append((has, np.full(len(has), 1000 + COUNTED)))
    triples = pl.concat(
        pl.DataFrame({"row_id": rows, "covariate_id": covariate, "covariate_value": 1.0})
        for rows, covariate in parts
    )
    counted = pl.when(pl.col("covariate_id") % 1000 == COUNTED).then(pl.col("row_id") % 4 + 1)
    triples = triples.with_columns(covariate_value=counted.otherwise(1).cast(pl.Float64))
    present = triples["covariate_id"].unique().sort()
    groups = {"overall": np.zeros(n_rows, int), "sex": sex[of_row], "race": race[of_row]}
    return (
        Covariates(
            covariates=triples,
            covariate_ref=pl.DataFrame({"covariate_id": present}).with_columns(
                covariate_name=pl.format("covariate {}", "covariate_id"),
                analysis_id=pl.col("covariate_id") % 1000,
                concept_id=pl.lit(0),
            ),
            analysis_ref=pl.DataFrame(
                [(number, f"analysis {number}", "", kind, "Y") for number, kind in KINDS.items()],
                schema=[
                    *("analysis_id", "analysis_name", "domain_id"),
                    *("is_binary", "missing_means_zero"),
                ],
                orient="row",
            ),
        ),
        pl.concat(
            pl.DataFrame(
                {
                    "row_id": ids,
                    "person_id": of_row,
                    "attribute": attribute,
                    "group_name": [f"group {each}" for each in of_group],
                }
            )
            for attribute, of_group in groups.items()
        ).with_columns(
            group_name=pl.when(pl.col("attribute") == "overall")
            .then(pl.lit("Everyone"))
            .otherwise("group_name")
        ),
    )


@settings(max_examples=12, deadline=None)
@given(cohorts())
def test_no_small_count_can_be_told(cohort):
    exact = characterise(*cohort)
    shown = disclose(exact, SMALLEST)
    reader = what_a_reader_knows(exact, shown)
    small = [
        name for name, place in reader.names.items() if 0 < (reader.truth[place] or 0) < SMALLEST
    ]

    assert reader.lies() == []
    assert reader.bounds_below(SMALLEST, small) == {}


@settings(max_examples=12, deadline=None)
@given(cohorts())
def test_the_exact_difference_of_shares_lies_within_what_is_shown(cohort):
    exact = characterise(*cohort)
    references = {"sex": "group 0", "race": "group 0"}
    true = compare_groups(exact, references)
    shown = compare_disclosed(disclose(exact, SMALLEST), references)
    place = ["attribute", "group_name", "covariate_id"]
    both = (
        shown.filter("is_binary")
        .join(true.select(*place, exact="standardised_difference"), on=place)
        .drop_nulls(["standardised_difference", "exact"])
    )

    outside = both.filter(
        (pl.col("exact") < pl.col("standardised_difference_lower") - 1e-9)
        | (pl.col("exact") > pl.col("standardised_difference_upper") + 1e-9)
    )
    assert outside.is_empty()


@settings(max_examples=8, deadline=None)
@given(cohorts(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(cohort, random):
    covariates, groups = cohort
    order = list(range(groups.height))
    random.shuffle(order)

    shuffled = disclose(characterise(covariates, groups[order]), SMALLEST)

    assert shuffled.sort(pl.all()).equals(disclose(characterise(*cohort), SMALLEST).sort(pl.all()))


def what_a_reader_knows(exact: pl.DataFrame, shown: pl.DataFrame) -> Reader:
    """Rows of each covariate and group, and what is left of them; nothing is told of people."""
    reader = Reader()
    place = ["attribute", "group_name", "covariate_id"]
    both = exact.join(shown, on=place, suffix="_shown").sort(place)
    cells: dict[Place, str] = {}
    for row in both.iter_rows(named=True):
        group = size(reader, row)
        key = (row["attribute"], row["group_name"], row["covariate_id"])
        cells[key] = cell = reader.count(f"{key}", None, truth=row["n_rows"])
        n_lacking = row["n_rows_of_group"] - row["n_rows"]
        lacking = reader.count(f"{key} lacking", None, truth=n_lacking)
        reader.adds_up(group, [cell, lacking])
        if (near := row["n_rows_shown"]) is None:
            continue
        if row["n_people_without"] == 0 or row["n_rows"] == 0:
            reader.states({cell: 1.0}, near, near)
            continue
        reader.states({cell: 1.0}, max(near - 5, SMALLEST), near + 5)
        reader.is_least(lacking, SMALLEST)
    sum_over_groups(reader, cells)
    sum_over_analyses(reader, cells, both)
    return reader


def size(reader: Reader, row: dict[str, object]) -> str:
    name = f"{row['attribute']} {row['group_name']}"
    told = row["n_rows_of_group_shown"]
    return reader.count(name, told, at_least=0 if told is None else 1, truth=row["n_rows_of_group"])


def sum_over_groups(reader: Reader, cells: dict[Place, str]) -> None:
    by_line: dict[tuple[str, int], list[str]] = {}
    sizes: dict[str, set[str]] = {}
    for (attribute, group, covariate), name in cells.items():
        by_line.setdefault((attribute, covariate), []).append(name)
        sizes.setdefault(attribute, set()).add(f"{attribute} {group}")
    for (attribute, covariate), names in by_line.items():
        if attribute != "overall":
            reader.adds_up(cells["overall", "Everyone", covariate], names)
    for attribute, groups in sizes.items():
        if attribute != "overall":
            reader.adds_up("overall Everyone", sorted(groups))


def sum_over_analyses(reader: Reader, cells: dict[Place, str], both: pl.DataFrame) -> None:
    """Of gender and age group a row has one at most: those who have none are a count too."""
    for analysis in (GENDER, AGE_GROUP):
        rows = both.filter(pl.col("analysis_id") == analysis)
        for (attribute, group), of_group in rows.group_by("attribute", "group_name"):
            names = [cells[attribute, group, each] for each in of_group["covariate_id"]]
            left = of_group["n_rows_of_group"][0] - of_group["n_rows"].sum()
            none = reader.count(f"{attribute} {group} none of {analysis}", None, truth=left)
            reader.adds_up(f"{attribute} {group}", [*names, none])
