"""Whatever the people, a reader of all published marts cannot tell that a count is small."""

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.contracts import load_contracts
from analytics.disclosure import suppress
from tests.support.everything_known import everything_known, small_counts
from tests.support.random_publication import people_of_a_study, publication_of

SMALLEST = 11
RULES = {
    name: contract.disclosure
    for name, contract in load_contracts("marts").items()
    if contract.disclosure is not None and contract.disclosure.level == "aggregate"
}

# People drawn at random do not shrink to anything simpler, only slowly.
quietly = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@settings(quietly, max_examples=20)
@given(people_of_a_study())
def test_every_small_count_could_be_a_large_one_for_all_a_reader_knows(people) -> None:
    truth = publication_of(people)

    reader = everything_known(truth, suppress(truth, RULES, SMALLEST))

    assert reader.lies() == []
    small = small_counts(reader)
    assert [name for name in small if reader.knows(name)] == []
    assert reader.bounds_below(SMALLEST, small) == {}


@settings(quietly, max_examples=4)
@given(people_of_a_study(), st.randoms(use_true_random=False))
def test_what_is_withheld_does_not_hang_on_the_order_of_rows(people, random) -> None:
    truth = publication_of(people)
    orders = {
        name: random.sample(range(frame.height), frame.height) for name, frame in truth.items()
    }
    shuffled = {name: frame[orders[name]] for name, frame in truth.items()}

    shown, shown_shuffled = (suppress(marts, RULES, SMALLEST) for marts in (truth, shuffled))

    for name in truth:
        assert shown[name][orders[name]].equals(shown_shuffled[name]), name


@settings(quietly, max_examples=8)
@given(people_of_a_study())
def test_what_is_shown_is_true_and_what_is_withheld_is_said_to_be(people) -> None:
    truth = publication_of(people)
    shown = suppress(truth, RULES, SMALLEST)

    for name, frame in truth.items():
        published, rule = shown[name], RULES[name]
        assert published.columns == [*frame.columns, "is_suppressed"]
        rounded = {*rule.rounded, *(column for told in rule.told_anyway for column in told.columns)}
        said = {said.column for said in rule.says_instead}
        lost = pl.Series([False] * frame.height)
        for column in frame.columns:
            is_gone = published[column].is_null() & frame[column].is_not_null()
            if column not in rounded | said:
                kept = published[column].filter(~is_gone)
                assert kept.equals(frame[column].filter(~is_gone)), (name, column)
            lost |= is_gone
        assert lost.to_list() == published["is_suppressed"].to_list()
        about_people = published.filter(
            ~pl.any_horizontal(
                pl.lit(False),
                *(pl.col(column).is_in(values) for column, values in rule.about_nobody.items()),
            )
        )
        for column in rule.counts:
            assert about_people.filter(pl.col(column).is_between(1, SMALLEST - 1)).is_empty()
