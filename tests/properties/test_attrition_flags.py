"""Is a rule flagged that removes more of one group, and none that removes of all alike?"""

from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from tests.support.circe import MACROS, render

MODEL = MACROS.parent / "models/events/cohort_rule_group_comparison.sql"
SIZES = {"White": 400, "Black": 120, "Asian": 60, "Other": 30, "Unknown": 12}
N_COHORTS, N_RULES = 400, 4


def verdicts(extra_for_black: float) -> pl.DataFrame:
    """Verdicts on cohorts whose rules remove a quarter of everyone, of one group in rule 3 more."""
    chance = np.random.default_rng(4)
    rows = []
    for cohort in range(N_COHORTS):
        for group, size in SIZES.items():
            n_people = size
            for rule in range(1, N_RULES + 1):
                if rule > 1:
                    extra = extra_for_black if (group, rule) == ("Black", 3) else 0.0
                    n_people = int(chance.binomial(n_people, 0.75 - extra))
                rows.append((f"{cohort}", "", rule, f"rule {rule}", "race", group, n_people))
    columns = [
        "cohort_name",
        "built_from",
        "rule_number",
        "rule",
        "attribute",
        "group_name",
        "n_people",
    ]
    counts = pl.DataFrame(rows, schema=columns, orient="row")
    with duckdb.connect() as connection:
        connection.register(
            "cohort_rule_group_count", counts.with_columns(n_rows="n_people").to_arrow()
        )
        return connection.sql(render(Path(MODEL).read_text())).pl()


def test_in_fewer_than_one_of_twenty_cohorts_is_there_a_false_alarm():
    said = verdicts(0.0)
    alarmed = said.filter(pl.col("verdict").str.ends_with("than others"))

    assert said["verdict"].n_unique() >= 3
    assert alarmed["cohort_name"].n_unique() < 0.05 * N_COHORTS


def test_a_rule_that_removes_half_of_a_group_and_a_quarter_of_others_is_found():
    said = verdicts(0.25)
    flagged = said.filter(
        pl.col("verdict") == "more than others",
        pl.col("group_name") == "Black",
        pl.col("rule_number") == 3,
    )
    elsewhere = said.filter(pl.col("verdict") == "more than others", pl.col("rule_number") != 3)

    assert flagged.height > 0.7 * N_COHORTS
    assert elsewhere["cohort_name"].n_unique() < 0.05 * N_COHORTS


def test_few_people_are_not_judged():
    said = verdicts(0.0).filter(pl.col("rule_number") > 1, pl.col("group_name") == "Unknown")

    assert said["verdict"].unique().to_list() == ["too few to judge"]
