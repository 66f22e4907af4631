"""What is true of any audit."""

import numpy as np
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.evaluation import Predictions, predictions_of
from analytics.fairness import audit
from tests.support.planted_risks import audited_people

FIGURES = ("value", "value_lower", "value_upper", "difference", "difference_lower", "verdict")


def audit_of(predictions, groups):
    return audit(
        predictions=predictions,
        groups=groups,
        threshold=0.3,
        replicates=20,
        generator=np.random.default_rng(1),
        reference_groups={"race": "Reference"},
    ).rows


@settings(max_examples=8, deadline=None)
@given(names=st.permutations(["One", "Two", "Unknown"]), seed=st.integers(0, 1_000))
def test_renaming_groups_renames_the_audit_and_changes_no_figure(names, seed):
    people = audited_people(600, seed=seed)
    before = ["Black or African American", "Asian", "Unknown"]
    renamed = dict(zip(before, names, strict=True)) | {"White": "Reference"}
    plain = dict(zip(before, before, strict=True)) | {"White": "Reference"}

    def audited(names_of):
        groups = people.groups.select(pl.col("race").replace_strict(names_of))
        return audit_of(people.predictions, groups)

    expected = audited(plain).with_columns(
        pl.col("group_name").replace({name: renamed[name] for name in before})
    )

    by_key = ["attribute", "group_name", "metric"]
    assert audited(renamed).sort(by_key).equals(expected.sort(by_key))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_the_order_of_rows_does_not_matter(seed):
    people = audited_people(600, seed=seed)
    shuffled = np.random.default_rng(seed).permutation(600)
    before = people.predictions
    after = Predictions(
        person_id=before.person_id[shuffled],
        had_outcome=before.had_outcome[shuffled],
        risk=before.risk[shuffled],
    )

    first = audit_of(before, people.groups.select("race"))
    second = audit_of(after, people.groups.select("race")[shuffled])

    # Sums in another order differ in the last digits.
    for name in ("value", "value_lower", "difference_upper"):
        assert np.allclose(
            first[name].to_numpy(), second[name].to_numpy(), atol=1e-9, equal_nan=True
        )
    assert first["verdict"].equals(second["verdict"])


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 15), st.booleans(), st.floats(0, 1), st.sampled_from("ABC")),
        min_size=1,
        max_size=80,
    )
)
@example(rows=[(0, True, 5e-324, "A")])  # observed over expected is infinite
def test_any_rows_at_all_can_be_audited_and_small_groups_show_no_figure(rows):
    person_id, had_outcome, risk, group = zip(*rows, strict=True)

    report = audit_of(predictions_of(person_id, had_outcome, risk), pl.DataFrame({"race": group}))

    small = report.filter(
        (pl.col("n_people_with_outcome") < 11) | (pl.col("n_people_without_outcome") < 11)
    )
    for name in ("value", "value_lower", "difference", "difference_upper"):
        assert small[name].null_count() == small.height
    assert small["verdict"].unique().to_list() in ([], ["too few to show"])
    assert not report["value"].is_nan().any()
