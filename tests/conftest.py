"""What every test run says at its end: how many ran, how many were skipped, and why.

Where `CI` is set, a skipped test that needs ../shared, PostgreSQL, Chromium or Java fails the run.
"""

import sys
from collections import Counter

import pytest

from analytics.settings import prepare_environment

prepare_environment()
# A worker of pytest-xdist has no main file, and pyspark would take it for a doctest and exit.
vars(sys.modules["__main__"]).setdefault("__file__", __file__)

pytest_plugins = ["tests.support.workspaces", "tests.support.sharing_work"]

MUST_RUN_IN_CI = ("needs_shared", "needs_postgres", "needs_chromium", "needs_java")
_skipped: list[tuple[str, str]] = []
_must_have_run: list[str] = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail"):
        report.user_properties.append(
            ("needs", [mark for mark in MUST_RUN_IN_CI if item.get_closest_marker(mark)])
        )


def pytest_runtest_logreport(report):
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = (
        report.longrepr[2] if isinstance(report.longrepr, tuple | list) else str(report.longrepr)
    )
    _skipped.append((report.nodeid, reason.removeprefix("Skipped: ")))
    needs = dict(report.user_properties).get("needs", [])
    if needs or "needs ../shared" in reason:
        _must_have_run.append(report.nodeid)


def pytest_terminal_summary(terminalreporter, config):
    counted = {
        name: len(terminalreporter.stats.get(name, [])) for name in ("passed", "failed", "error")
    }
    ran = sum(counted.values())
    terminalreporter.section("how many tests ran")
    terminalreporter.line(f"{ran} ran, {len(_skipped)} were skipped")
    for reason, count in Counter(reason for _, reason in _skipped).most_common():
        terminalreporter.line(f"  {count} skipped: {reason}")
    if _must_have_run and _in_ci():
        terminalreporter.line(f"CI is set, and {len(_must_have_run)} of these must not be skipped:")
        for nodeid in _must_have_run:
            terminalreporter.line(f"  {nodeid}")


def pytest_sessionfinish(session, exitstatus):
    if _must_have_run and _in_ci() and exitstatus == 0:
        session.exitstatus = 1


def _in_ci() -> bool:
    import os

    return bool(os.environ.get("CI"))
