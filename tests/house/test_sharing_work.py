"""Tests of one file stay with one worker, so that what they share is made once."""

import os


def test_a_test_is_divided_by_its_file(request):
    file = "tests/house/test_sharing_work.py"
    has_workers = "PYTEST_XDIST_WORKER" in os.environ
    assert request.node.nodeid == (
        f"{file}::test_a_test_is_divided_by_its_file{f'@{file}' if has_workers else ''}"
    )
