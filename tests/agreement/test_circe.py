"""Do compiled definitions give exactly the rows that OHDSI's engine gave?

All 622 shared definitions with one right answer are compared; a fixed sample of them, one for
each way that a definition can be built, runs with every `make test`.
"""

import pytest

from tests.support.circe import ambiguous_definitions, compare_definitions, definition_files

pytestmark = pytest.mark.needs_shared

SAMPLE = {
    3: "one condition",
    100: "ends with the event",
    256: "three rules, the first of all strokes",
    305: "the first event ever",
    463: "ends with the event, gaps of a day close",
    693: "measurements with values and units, censored by others",
    725: "rules with several criteria, and groups in them",
    760: "eras around eras",
    1207: "ends with the exposure",
    1278: "fifteen rules",
    900106: "dates moved",
}


def test_a_sample_gives_the_expected_rows():
    agreement = compare_definitions(SAMPLE)

    assert set(agreement.equal) == set(SAMPLE), str(agreement)


def test_a_sample_gives_the_same_rows_as_one_model_for_each_criterion():
    agreement = compare_definitions(SAMPLE, is_split=True)

    assert set(agreement.equal) == set(SAMPLE), str(agreement)


@pytest.mark.agreement
@pytest.mark.parametrize("is_split", [False, True])
def test_every_definition_with_one_answer_gives_the_expected_rows(is_split):
    asked = set(definition_files()) - ambiguous_definitions()

    agreement = compare_definitions(sorted(asked), is_split=is_split)

    print(agreement)
    assert set(agreement.equal) == asked, str(agreement)


def test_the_comparison_notices_a_row_that_is_missing(monkeypatch):
    monkeypatch.setattr("tests.support.circe.expected_rows", lambda: {463: []})

    assert compare_definitions([463]).different.keys() == {463}
