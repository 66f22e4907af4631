"""Two workers share the tests by file; tests that read one costly population stay with one worker.

pytest-xdist 3.8.0 says a test's group by writing it into `item._nodeid`, which pytest 9.2 no longer
reads: no group had any effect. The id with its group is put where pytest reads it. A test of the
house holds that it works.
"""

from collections.abc import Iterator

import pytest

SHARED_FIXTURES = ("simulated_workspace", "simulated", "gibleed", "synthea1k", "mimic_iv_demo")
# The files that take longest begin, so that no worker waits for the other at the end.
LONGEST_FIRST = (
    "tests/agreement/test_no_false_alarms.py",
    "tests/agreement/test_under_recording.py",
    "tests/journeys/test_kill_and_resume.py",
    "tests/agreement/test_generated_cohorts.py",
    "tests/agreement/test_auroc_against_truth.py",
    "tests/spec/test_no_small_count_is_told.py",
    "tests/house/test_wheel.py",
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Say each test's group before pytest-xdist reads it, and put what it makes of it in place."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(_population_of(item) or _file_of(item)))
    items.sort(key=_how_late)  # stable: within a file the order stays
    yield
    for item in items:
        with_group = getattr(item, "_nodeid", item.nodeid)
        if with_group != item.nodeid:
            item._id = type(item._id).parse(with_group)  # type: ignore[attr-defined]


def _population_of(item: pytest.Item) -> str | None:
    """The fixture, asked for by name or by parameter, that is costly to make."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    asked = {
        *getattr(item, "fixturenames", ()),
        *(str(each).removeprefix("of_") for each in parameters),
    }
    return next((name for name in SHARED_FIXTURES if name in asked), None)


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.split("::", 1)[0]


def _how_late(item: pytest.Item) -> int:
    if _population_of(item) == SHARED_FIXTURES[0]:
        return -1
    file = _file_of(item)
    return LONGEST_FIRST.index(file) if file in LONGEST_FIRST else len(LONGEST_FIRST)
