"""All shared definitions compile, in one process: how long it takes, and how long the models are.

Run with `-s` to see the numbers, or read them in the report of `make agreement`.
"""

import re
import statistics
import time
from dataclasses import dataclass

import pytest

from analytics.phenotypes.compiler import MOST_CRITERIA, compile_cohort
from analytics.phenotypes.compiler.naming import LONGEST_IDENTIFIER
from analytics.phenotypes.reader import read_definition_file
from tests.support.circe import definition_files

pytestmark = pytest.mark.needs_shared

MOST_SECONDS = 60
"""For all of them on one core: they take about 3."""
LONGEST_PART = 100
"""Lines of one CTE: the longest puts together the 43 rules of one definition."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One definition: how long it took, and its models."""

    number: int
    seconds: float
    texts: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]


@pytest.fixture(scope="module")
def measured():
    return [_compiled(number, path) for number, path in definition_files().items()]


def _compiled(number, path):
    begun = time.process_time()
    cohort = compile_cohort(read_definition_file(path), name=f"cohort_{number}".replace("-", "m"))
    seconds = time.process_time() - begun
    return Measured(
        number=number,
        seconds=seconds,
        texts=tuple(model.sql for model in (*cohort.models, cohort.criteria)),
        parts=tuple((cte.name, cte.body.count("\n") + 1) for cte in cohort.ctes),
    )


def test_every_shared_definition_compiles_quickly(measured):
    seconds = sorted(each.seconds for each in measured)

    print(
        f"{len(seconds)} definitions in {sum(seconds):.1f} CPU s; each: "
        f"median {statistics.median(seconds) * 1000:.1f} ms, "
        f"95 % within {seconds[int(0.95 * len(seconds))] * 1000:.1f} ms, "
        f"slowest {seconds[-1] * 1000:.1f} ms"
    )
    assert len(seconds) == 631
    assert sum(seconds) < MOST_SECONDS


def test_no_model_is_longer_than_a_person_reads(measured):
    lines = [text.count("\n") for each in measured for text in each.texts]
    n_parts = [len(each.parts) for each in measured]
    longest = max((n, each.number, name) for each in measured for name, n in each.parts)

    print(
        f"{len(lines)} models: median {statistics.median(lines):.0f} lines, longest {max(lines)}; "
        f"CTEs of a cohort: median {statistics.median(n_parts):.0f}, most {max(n_parts)}; "
        f"longest CTE: {longest[2]} of {longest[1]}, {longest[0]} lines"
    )
    assert longest[0] <= LONGEST_PART
    one_model = [each for each in measured if len(each.texts) == 2]
    assert one_model
    assert all(len(each.parts) < 6 * MOST_CRITERIA + 20 for each in one_model)


def test_names_fit_every_warehouse_and_are_not_numbered_for_want_of_a_better_one(measured):
    names = [name for each in measured for name, _ in each.parts]
    said_twice = re.compile(r"drugs?_drug_|conditions?_condition_|devices?_device_")

    assert max(map(len, names)) <= LONGEST_IDENTIFIER + len("_2")
    assert not [name for name in names if re.fullmatch(r"(first_)?set_.*_[0-9]", name)]
    assert not [name for name in names if said_twice.search(name)]
