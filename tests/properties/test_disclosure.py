"""Whatever the people, a reader of all published marts cannot tell that a count is small."""

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.contracts import load_contracts
from analytics.disclosure import AddsUp, DisclosureRule, Pair, SameAs, Steps, suppress
from tests.support.plainly_disclosure import Reader

SMALLEST = 11

# People drawn at random do not shrink to anything simpler, only slowly.
quietly = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
COUNTS = ("n_rows", "n_people", "n_outcomes", "n_people_with_outcome")
PAIRS = (
    Pair(total="n_people", part="n_people_with_outcome"),
    Pair(total="n_rows", part="n_outcomes"),
)
RATE = {"outcome_rate": ("n_outcomes", "n_rows")}
EVERYONE = {"attribute": "overall", "group_name": "Everyone"}
RULES = {
    "population_profile": DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=COUNTS,
        key=("study", "attribute", "group_name"),
        adds_up=(AddsUp(over="group_name", within=("study", "attribute"), total=EVERYONE),),
        pairs=PAIRS,
        derives=RATE,
        same_as=tuple(
            SameAs(count=count, quantity=f"{count} of {{study}}/{{attribute}}/{{group_name}}")
            for count in COUNTS
        ),
    ),
    "study_attrition": DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=COUNTS,
        key=("study", "step_number"),
        pairs=PAIRS,
        sequence=Steps(order="step_number"),
        same_as=tuple(
            SameAs(count=count, quantity=f"{count} of {{study}}/overall/Everyone", at="last")
            for count in COUNTS
        ),
    ),
    "fairness_audit": DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=COUNTS,
        key=("study", "attribute", "group_name", "metric"),
        pairs=PAIRS,
        same_as=tuple(
            SameAs(count=count, quantity=f"{count} of {{study}}/{{attribute}}/{{group_name}}")
            for count in COUNTS
        ),
    ),
    "treatment_pathway": DisclosureRule(
        level="aggregate",
        people="n_people",
        counts=("n_people", "n_people_total"),
        key=("study", "pathway"),
        adds_up=(
            AddsUp(over="pathway", within=("study",), total_counts={"n_people": "n_people_total"}),
        ),
        derives={"share": ("n_people", "n_people_total")},
    ),
}


@st.composite
def target_rows(draw: st.DrawFn) -> pl.DataFrame:
    """One row for each person and index date: groups of very different size, repeats, outcomes."""
    n_rows = draw(st.integers(1, 220))
    n_people = draw(st.integers(1, n_rows))
    random = draw(st.randoms(use_true_random=False))
    sexes = draw(st.sampled_from([[1], [9, 8], [30, 25, 1], [50, 1]]))
    ages = draw(st.sampled_from([[1, 1], [20, 20, 1], [1, 5, 9, 9], [40, 9, 3, 1, 1]]))
    paths = draw(st.sampled_from([[9, 3], [30, 20, 5, 3, 1, 1], [9, 9, 9, 1]]))
    share = draw(st.sampled_from([0.02, 0.1, 0.4, 0.97]))
    lost = draw(st.sampled_from([0.0, 0.02, 0.1, 0.5]))
    sex = [random.choices(range(len(sexes)), sexes)[0] for _ in range(n_people)]
    path = [random.choices(range(len(paths)), paths)[0] for _ in range(n_people)]
    rows = []
    for row in range(n_rows):
        person = row if row < n_people else random.randrange(n_people)
        rows.append(
            {
                "person_id": person,
                "sex": f"sex {sex[person]}",
                "age_band": f"age {random.choices(range(len(ages)), ages)[0]}",
                "pathway": f"path {path[person]}",
                "had_outcome": random.random() < share,
                "last_step": 3 if random.random() >= lost else random.choice([1, 2]),
            }
        )
    return pl.DataFrame(rows)


def _counted(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    with_outcome = pl.col("had_outcome")
    return rows.group_by(*by).agg(
        n_rows=pl.len(),
        n_people=pl.col("person_id").n_unique(),
        n_outcomes=with_outcome.sum(),
        n_people_with_outcome=pl.col("person_id").filter(with_outcome).n_unique(),
    )


def _marts(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    studied = rows.filter(pl.col("last_step") == 3).with_columns(
        study=pl.lit("s"), overall=pl.lit("Everyone")
    )
    profile = pl.concat(
        [
            _counted(studied, "study", attribute).select(
                "study",
                pl.lit(attribute).alias("attribute"),
                pl.col(attribute).alias("group_name"),
                *COUNTS,
            )
            for attribute in ("overall", "sex", "age_band")
        ]
    ).sort("attribute", "group_name")
    attrition = pl.concat(
        [
            _counted(
                rows.filter(pl.col("last_step") >= step).with_columns(study=pl.lit("s")), "study"
            ).select("study", pl.lit(step).alias("step_number"), *COUNTS)
            for step in (1, 2, 3)
        ]
    )
    paths = studied.group_by("study", "pathway").agg(n_people=pl.col("person_id").n_unique())
    return {
        "population_profile": profile.with_columns(
            outcome_rate=pl.col("n_outcomes") / pl.col("n_rows")
        ),
        "study_attrition": attrition,
        "fairness_audit": pl.concat(
            [profile.with_columns(metric=pl.lit(metric)) for metric in ("auroc", "brier")]
        ),
        "treatment_pathway": paths.sort("pathway").with_columns(
            n_people_total=pl.col("n_people").sum().over("study"),
            share=pl.col("n_people") / pl.col("n_people").sum().over("study"),
        ),
    }


def _read(
    truth: dict[str, pl.DataFrame], shown: dict[str, pl.DataFrame]
) -> tuple[Reader, dict[str, int]]:
    """All that the marts say, and the true value of every count in them or implied by them."""
    reader, true_values = Reader(), dict[str, int]()

    def cell(name: str, value: int, published: int | None) -> str:
        true_values[name] = value
        return reader.count(name, published, at_least=min(value, 1))

    def rest(total: str, part: str) -> None:
        name = f"{total} less {part}"
        true_values[name] = true_values[total] - true_values[part]
        reader.adds_up(total, [part, reader.count(name, None)])

    def row_of(true_row: dict[str, int], shown_row: dict[str, int | None], place: str) -> None:
        for count in COUNTS:
            cell(f"{place} {count}", true_row[count], shown_row[count])
        rest(f"{place} n_people", f"{place} n_people_with_outcome")
        rest(f"{place} n_rows", f"{place} n_outcomes")
        reader.is_at_most(f"{place} n_people", f"{place} n_rows")
        reader.is_at_most(f"{place} n_people_with_outcome", f"{place} n_outcomes")

    groups: dict[str, list[str]] = {}
    for name in ("population_profile", "fairness_audit"):
        if name not in truth:
            continue
        for true_row, shown_row in zip(truth[name].to_dicts(), shown[name].to_dicts(), strict=True):
            place = f"{true_row['attribute']}/{true_row['group_name']}"
            if place not in groups.setdefault(true_row["attribute"], []):
                groups[true_row["attribute"]].append(place)
                row_of(true_row, shown_row, place)
            for count in COUNTS:
                cell(f"{place} {count}", true_row[count], shown_row[count])
    for attribute in set(groups) - {"overall"}:
        for count in COUNTS:
            total, parts = f"overall/Everyone {count}", [f"{g} {count}" for g in groups[attribute]]
            if sum(true_values[part] for part in parts) == true_values[total]:
                reader.adds_up(total, parts)
            else:
                reader.is_covered(total, parts)
                for part in parts:
                    rest(total, part)
    steps = list(
        zip(truth["study_attrition"].to_dicts(), shown["study_attrition"].to_dicts(), strict=True)
    )
    for number, (true_row, shown_row) in enumerate(steps):
        is_last = true_row["step_number"] == 3
        place = "overall/Everyone" if is_last else f"step {true_row['step_number']}"
        if is_last:
            for count in COUNTS:
                cell(f"{place} {count}", true_row[count], shown_row[count])
        else:
            row_of(true_row, shown_row, place)
        if number > 0:
            before = f"step {steps[number - 1][0]['step_number']}"
            for count in COUNTS:
                rest(f"{before} {count}", f"{place} {count}")
    paths = list(
        zip(
            truth["treatment_pathway"].to_dicts(),
            shown["treatment_pathway"].to_dicts(),
            strict=True,
        )
    )
    for true_row, shown_row in paths:
        cell(f"{true_row['pathway']}", true_row["n_people"], shown_row["n_people"])
        cell("all paths", true_row["n_people_total"], shown_row["n_people_total"])
    if paths:
        reader.adds_up("all paths", [row["pathway"] for row, _ in paths])
    return reader, true_values


@settings(quietly, max_examples=35)
@given(target_rows())
def test_every_small_count_could_be_a_large_one_for_all_a_reader_knows(rows: pl.DataFrame) -> None:
    truth = _marts(rows)
    shown = suppress(truth, RULES, SMALLEST)

    reader, true_values = _read(truth, shown)

    for name, value in true_values.items():
        if 0 < value < SMALLEST:
            assert reader.largest(name, enough=SMALLEST) == SMALLEST, f"{name} is {value}"


@settings(quietly, max_examples=20)
@given(target_rows())
def test_by_the_contracts_of_our_marts_no_small_count_can_be_worked_out(rows: pl.DataFrame) -> None:
    """What a study rests on is told: that a part of it is small may be known, not how small."""
    contracts = load_contracts("marts")
    truth = {name: frame for name, frame in _marts(rows).items() if name != "fairness_audit"}
    shown = suppress(truth, {name: contracts[name].disclosure for name in truth}, SMALLEST)

    reader, true_values = _read(truth, shown)

    for name, value in true_values.items():
        if 0 < value < SMALLEST:
            largest = reader.largest(name, enough=SMALLEST)
            assert largest >= SMALLEST / 2, f"{name} is {value}"
            assert largest > value or reader.smallest(name) < value, f"{name} is {value}"


@settings(quietly, max_examples=25)
@given(target_rows(), st.randoms(use_true_random=False))
def test_what_is_withheld_does_not_hang_on_the_order_of_rows(rows, random) -> None:
    truth = _marts(rows)
    orders = {
        name: random.sample(range(frame.height), frame.height) for name, frame in truth.items()
    }
    shuffled = {name: frame[orders[name]] for name, frame in truth.items()}

    shown, shown_shuffled = suppress(truth, RULES, SMALLEST), suppress(shuffled, RULES, SMALLEST)

    for name in truth:
        assert shown[name][orders[name]].equals(shown_shuffled[name]), name


@settings(quietly, max_examples=25)
@given(target_rows())
def test_what_is_shown_is_true_and_what_is_withheld_is_said_to_be(rows: pl.DataFrame) -> None:
    truth = _marts(rows)
    shown = suppress(truth, RULES, SMALLEST)

    for name, frame in truth.items():
        published = shown[name]
        assert published.columns == [*frame.columns, "is_suppressed"]
        lost = pl.Series([False] * frame.height, dtype=pl.Boolean)
        for column in frame.columns:
            is_gone = published[column].is_null()
            assert published[column].filter(~is_gone).equals(frame[column].filter(~is_gone))
            lost |= is_gone
        assert lost.to_list() == published["is_suppressed"].to_list()
        for column in RULES[name].counts:
            assert published.filter(pl.col(column).is_between(1, SMALLEST - 1)).is_empty()
        for column, counts in RULES[name].derives.items():
            for count in counts:
                assert published.filter(pl.col(count).is_null())[column].is_null().all()
