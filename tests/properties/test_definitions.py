"""Whatever stands in a definition, it is read or refused in words; and what is read is kept."""

import json
import random
from collections.abc import Iterator

import pytest

from analytics.errors import BadInputError
from analytics.phenotypes import describe, difference_in_words, normalised_json, read_definition
from tests.support.circe_schema import ATTRIBUTES
from tests.support.definitions import around, definition, full_criterion, rule

ODD = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**30, 0.5, 1e300, "", " ", "0"),
    *("5", "٣", "9" * 30, "x" * 200, "\ud800", "{{ x }}", "2020-02-30", "bt", "ALL", [], [[]], {}),
    *([None], {"Op": "bt"}, {"CodesetId": 0}, {"Death": {}}, {"Death": None}, {"": {}}),
)
Parts = dict[str, object] | list[object]


def everything() -> dict:
    """A definition with every attribute of every kind, in each place where criteria stand."""
    kinds = [full_criterion(kind) for kind in ATTRIBUTES if kind != "DemographicCriteria"]
    who = full_criterion("DemographicCriteria")
    return definition(
        *kinds,
        InclusionRules=[rule("all", *(around(each, -9, 9) for each in kinds), demographic=(who,))],
        CensoringCriteria=kinds[:2],
        EndStrategy={"CustomEra": {"DrugCodesetId": 1}},
        CensorWindow={"StartDate": "2009-01-01"},
    )


def places(value: object) -> Iterator[tuple[Parts, str | int]]:
    """Each place in a JSON value: what holds it, and its name or position there."""
    if isinstance(value, dict):
        for name in value:
            yield value, name
            yield from places(value[name])
    elif isinstance(value, list):
        for position in range(len(value)):
            yield value, position
            yield from places(value[position])


@pytest.mark.parametrize("seed", range(2))
def test_a_spoilt_definition_is_read_or_refused_in_words(seed: int):
    generator = random.Random(seed)
    original = json.dumps(everything())
    read, refused = 0, 0
    for _ in range(30):
        value = json.loads(original)
        for _ in range(generator.choice([1, 1, 3])):
            holder, name = generator.choice(list(places(value)))
            holder[name] = generator.choice(ODD)
        try:
            expression = read_definition(json.dumps(value), "spoilt.json")
        except BadInputError:
            refused += 1
            continue
        read += 1
        again = read_definition(normalised_json(expression), "again.json")
        assert again == expression
        assert describe(again) == describe(expression)
        assert difference_in_words(again, expression) == "Nothing changed.\n"

    assert read > 3
    assert refused > 3
