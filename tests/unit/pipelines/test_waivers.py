"""A waiver is signed, dated and reasoned, and counts up to its last day."""

from datetime import UTC, date, datetime

import pytest

from analytics.days import to_date, to_day
from analytics.errors import BadInputError
from analytics.pipelines.waivers import load_waivers

WAIVER = """
waivers:
  - check: field_plausiblestartbeforeend_visit_occurrence_visit_start_date
    study: readmission_30d
    signed_by: "A. Person, data steward"
    date: 2026-01-15
    until: 2026-06-30
    reason: "Ends of visits are days of billing."
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "waivers.yaml"


def without(line):
    kept = [each for each in WAIVER.splitlines() if not each.strip().startswith(line)]
    return "\n".join(kept)


def test_without_a_file_nothing_is_waived(path):
    assert load_waivers(path) == ()


@pytest.mark.parametrize("line", ["signed_by", "date", "reason"])
def test_a_waiver_that_is_not_signed_dated_and_reasoned_is_refused(path, line):
    path.write_text(without(line))

    with pytest.raises(BadInputError, match=rf"waivers\[0\]\.{line}: this clause is missing"):
        load_waivers(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-01-15", "2999-01-01", "dated 2999-01-01, which has not come"),
        ("2026-06-30", "2026-01-14", "counts until 2026-01-14, which is before it was signed"),
        ("2026-06-30", "soon", r"until: input should be a valid date"),
        ('"A. Person, data steward"', '""', "signed_by: string should have at least 3"),
        ('"A. Person, data steward"', '"     "', "signed_by: string should have at least 3"),
        ("Ends of visits are days of billing.", " " * 20, "reason: string should have at least 10"),
        ("signed_by", "singed_by", "unknown clause 'singed_by'"),
        ("waivers:", "waivers: [", "not readable as YAML"),
    ],
)
def test_a_waiver_that_cannot_be_taken_is_refused(path, old, new, said):
    path.write_text(WAIVER.replace(old, new))

    with pytest.raises(BadInputError, match=said):
        load_waivers(path)


def test_a_waiver_counts_on_its_last_day_and_not_on_the_next(path):
    today = datetime.now(UTC).date()
    for last_day, has_expired in ((today, False), (to_date(to_day(today) - 1), True)):
        signed = WAIVER.replace("2026-01-15", "2020-01-15").replace("2026-06-30", str(last_day))
        path.write_text(signed)

        (waiver,) = load_waivers(path)

        assert (waiver.last_day, waiver.has_expired) == (last_day, has_expired)


def test_a_waiver_without_a_last_day_counts_for_a_year(path):
    path.write_text(without("until").replace("2026-01-15", "2021-02-28"))

    (waiver,) = load_waivers(path)

    assert waiver.last_day == date(2022, 2, 28)
    assert waiver.has_expired
