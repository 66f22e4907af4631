"""`catchment pathways --cohorts --settings --out`: what it writes, withholds and refuses."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.pipelines.pathways_of_rows import find_pathways_of_rows
from analytics.pipelines.steps import StepRecord
from analytics.studies import read_pathway_settings
from tests.support.command_line import catchment_here, worked

SETTINGS = """\
targets: {1: Diabetes}
events: {2: Metformin, 3: Insulin}
exits: {4: Death}
"""
FIRST = date(2020, 1, 1)
TABLES_OF_LINES = (
    *("treatment_line", "treatment_duration"),
    *("treatment_persistence", "treatment_days_covered"),
)


class Noted:
    """A display that keeps the notes of each step."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def started(self, step) -> None:
        """Nothing."""

    def progressed(self, title, done, in_all, of="people") -> None:
        """Nothing."""

    def ended(self, record: StepRecord) -> None:
        """Keep its notes."""
        self.notes += record.notes


def rows(*found: tuple[int, int, int, int]) -> pl.DataFrame:
    """Cohort, person, and the days from 2020-01-01 of start and end."""
    return pl.DataFrame(
        {
            "cohort_definition_id": [row[0] for row in found],
            "subject_id": [row[1] for row in found],
            "cohort_start_date": [FIRST + timedelta(days=row[2]) for row in found],
            "cohort_end_date": [FIRST + timedelta(days=row[3]) for row in found],
        }
    )


def people(treatments: dict[str, int]) -> pl.DataFrame:
    """So many people with metformin (M), then insulin (I), as the letters say."""
    found, person = [], 0
    for letters, number in treatments.items():
        for _ in range(number):
            person += 1
            found.append((1, person, 0, 365))
            for place, letter in enumerate(letters):
                found.append((2 + "MI".index(letter), person, 100 * place, 100 * place + 60))
    return rows(*found)


class Place:
    """A folder with rows and settings, and what comes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        self.display = Noted()

    def find(self, found: pl.DataFrame, settings: str = SETTINGS) -> None:
        """Run the command's pipeline."""
        found.write_parquet(self.folder / "rows.parquet")
        (self.folder / "asked.yaml").write_text(settings)
        find_pathways_of_rows(
            cohorts=self.folder / "rows.parquet",
            settings=self.folder / "asked.yaml",
            out=self.out,
            display=self.display,
        )

    def refused(self, found: pl.DataFrame, settings: str = SETTINGS) -> str:
        """The message of the refusal; nothing is written."""
        with pytest.raises(BadInputError) as refusal:
            self.find(found, settings)
        assert not self.out.exists()
        return str(refusal.value)

    def read(self, name: str) -> pl.DataFrame:
        """What was written."""
        return pl.read_parquet(self.out / f"{name}.parquet")


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


def test_each_persons_pathway_and_steps_are_written(place):
    found = rows((1, 7, 0, 365), (2, 7, 10, 100), (3, 7, 60, 200), (4, 7, 300, 300), (1, 8, 0, 9))

    place.find(found)

    assert place.read("pathways").rows() == [
        (1, 7, 1, "Metformin-Insulin+Metformin-Insulin-Death"),
        (1, 8, 1, "None"),
    ]
    steps = place.read("steps")
    assert steps.columns == [
        *("target_id", "person_id", "episode", "step"),
        *("event", "start_date", "end_date", "duration_days"),
    ]
    assert steps.rows()[1] == (
        *(1, 7, 1, 2),
        *("Insulin+Metformin", date(2020, 3, 1), date(2020, 4, 10), 40),
    )


def test_the_settings_that_were_used_are_written_and_can_be_read_again(place):
    place.find(
        people({"M": 1}), SETTINGS + "compat: tp31\nfilter_treatments: All\nsplit_time: []\n"
    )

    asked = read_pathway_settings(place.out / "settings.yaml")
    assert (asked.compat, asked.filter_treatments) == ("tp31", "all")
    assert asked == read_pathway_settings(place.folder / "asked.yaml")


def test_nothing_of_fewer_than_11_people_is_told(place):
    place.find(people({"M": 40, "MI": 30, "I": 8, "IM": 2, "": 11}), SETTINGS)

    counts = place.read("pathway_counts").select("pathway", "n_people", "n_people_total")
    assert set(counts.rows()) == {
        # By line it is told that 80 start a treatment, so that 11 had none: with 30 told, metformin
        # alone is withheld, or the 10 of the other pathways could be worked out.
        ("Metformin", None, 91),
        ("Metformin-Insulin", 30, 91),
        ("None", None, 91),
        ("Other pathways", None, 91),
    }


def test_a_pathway_that_few_have_is_not_named(place):
    place.find(people({"M": 40, "MI": 30, "I": 8, "IM": 7}), SETTINGS)

    counts = place.read("pathway_counts").select("pathway", "n_people")
    assert set(counts.rows()) == {
        ("Metformin", 40),
        ("Metformin-Insulin", 30),
        ("Other pathways", 15),
    }


def test_a_target_of_few_people_tells_nothing(place):
    place.find(people({"M": 3, "I": 2}), SETTINGS)

    counts = place.read("pathway_counts").select("pathway", "n_people", "n_people_total", "share")
    assert counts.rows() == [("Other pathways", None, None, None)]
    for name in TABLES_OF_LINES:
        assert place.read(name).is_empty()


def test_counts_by_year_withhold_what_the_whole_would_tell(place):
    early = people({"M": 40, "I": 20})
    late = people({"M": 30, "I": 4}).with_columns(
        pl.col("subject_id") + 1000,
        pl.col("cohort_start_date", "cohort_end_date").dt.offset_by("1y"),
    )
    place.find(pl.concat([early, late]), SETTINGS + "stratify: true\n")

    counts = place.read("pathway_counts")
    shown = {
        (row["group_name"], row["pathway"]): row["n_people"] for row in counts.iter_rows(named=True)
    }
    assert shown["Everyone", "Metformin"] == 70
    years = [shown[year, drug] for year in ("2020", "2021") for drug in ("Metformin", "Insulin")]
    assert years == [None] * 4


def test_lines_and_durations_are_told_with_their_numbers_and_without_extremes(place):
    place.find(people({"MI": 60, "M": 50, "I": 70, "": 20}))

    lines = place.read("treatment_line").filter(pl.col("n_people") > 0)
    told = lines.select("line_number", "treatment", "what_follows", "n_people", "n_people_total")
    assert {
        (1, "Any treatment", "starts", 180, 200),
        (1, "Metformin", "starts", 110, 180),
        (1, "Metformin", "switches", 60, 110),
        (1, "Metformin", "stops", 50, 110),
        (1, "Insulin", "stops", 70, 70),
        (2, "Insulin", "starts", 60, 60),
    } <= set(told.rows())
    durations = place.read("treatment_duration")
    assert ("days to next line", 1, "Metformin", 60, 100) in set(
        durations.select("measure", "line_number", "treatment", "n_people", "days_median").rows()
    )
    assert not [name for name in durations.columns if "min" in name or "max" in name]


def test_a_treatment_after_which_few_do_something_is_not_named_in_its_line(place):
    place.find(people({"MI": 60, "M": 5, "I": 70}))

    assert "Metformin" not in set(place.read("treatment_line")["treatment"])
    for name in ("pathway_counts", *TABLES_OF_LINES):
        counts = place.read(name).select(pl.col("^n_people.*$")).unpivot()["value"]
        assert counts.filter((counts > 0) & (counts < 11)).is_empty(), name


def test_a_smaller_min_cell_count_is_not_used_and_a_larger_one_is(place):
    place.find(people({"M": 40, "I": 12, "MI": 12}), SETTINGS + "min_cell_count: 5\n")
    assert any("min_cell_count: 5 is not used" in note for note in place.display.notes)
    assert place.read("pathway_counts").height == 3

    place.find(people({"M": 40, "I": 12, "MI": 12}), SETTINGS + "min_cell_count: 20\n")
    assert set(place.read("pathway_counts")["pathway"]) == {"Metformin", "Other pathways"}


def test_events_of_people_without_a_target_row_are_left_out_and_said(place):
    found = rows((1, 1, 0, 365), (2, 1, 10, 60), *((2, person, 5, 9) for person in range(2, 20)))

    place.find(found)

    assert place.read("pathways")["person_id"].to_list() == [1]
    assert "18 rows of events and exits are of people without a target row." in place.display.notes


def test_settings_without_a_target_are_refused(place):
    said = place.refused(people({"M": 1}), "targets: {}\nevents: {2: Metformin}\n")

    assert "line 1, targets" in said


def test_a_cohort_that_has_no_rows_or_no_name_is_said_and_a_target_without_rows_refused(place):
    found = pl.concat([people({"M": 1}), rows((22, 1, 0, 9))])
    place.find(found)
    assert "fewer than 11 rows of cohort 22, which the settings do not name." in place.display.notes
    assert "no rows of cohort 3 (Insulin)." in place.display.notes

    said = Place(place.folder / "elsewhere")
    said.folder.mkdir()
    message = said.refused(found, "targets: {21: Diabetes}\nevents: {2: Metformin}\n")
    assert "targets are 21 (Diabetes), the rows are of cohorts 1, 2, 22" in message


def test_a_split_of_an_unknown_cohort_is_refused_with_its_near_miss(place):
    asked = SETTINGS + "split_event_cohorts: [Metfromin]\nsplit_time: [30]\n"

    assert "'Metfromin' is not one of the events. Did you mean 'Metformin'?" in place.refused(
        people({"M": 1}), asked
    )
    by_id = SETTINGS + "split_event_cohorts: 5\nsplit_time: 30\n"
    assert "'cohort 5' is not one of the events" in place.refused(people({"M": 1}), by_id)


def test_rows_that_end_before_they_start_are_refused(place):
    said = place.refused(rows((1, 1, 0, 365), (2, 1, 10, 9)))

    assert "1 rows end before they start (of cohort 2)" in said


@pytest.mark.parametrize(("compat", "pathway"), [("clean", "Death"), ("tp31", "Death-Death")])
def test_overlapping_target_rows_are_said_and_count_an_exit_once_in_clean(place, compat, pathway):
    found = rows((1, 1, 0, 100), (1, 1, 50, 200), (4, 1, 70, 70))

    place.find(found, SETTINGS + f"compat: {compat}\n")

    assert place.read("pathways")["pathway"].to_list() == [pathway]
    assert any("people have overlapping target rows" in note for note in place.display.notes)


def test_a_window_where_nothing_can_be_is_said(place):
    place.find(people({"M": 12}), SETTINGS + "window_start: 5000\nwindow_end: 6000\n")

    outside = "12 windows lie wholly before the first or after the last day of any event or exit."
    assert outside in place.display.notes
    assert set(place.read("pathways")["pathway"]) == {"None"}

    place.find(people({"M": 12}), SETTINGS + "window_end: -400\n")
    assert any("12 windows close before they open" in note for note in place.display.notes)


@pytest.mark.parametrize("name", ["GLP-1", "A+B"])
def test_a_name_with_a_sign_that_joins_is_refused(place, name):
    said = place.refused(people({"M": 1}), f"targets: {{1: X}}\nevents: {{2: '{name}'}}\n")

    assert f"the name '{name}' holds '-', which joins steps" in said


def test_an_unknown_parameter_is_refused_with_its_near_miss(place):
    said = place.refused(people({"M": 1}), SETTINGS + "eraCollapseSize: 5\n")

    assert "line 4, eraCollapseSize: no such field. Did you mean 'era_collapse_size'?" in said


def test_a_file_that_lacks_a_column_is_refused_with_its_near_miss(place):
    found = people({"M": 1}).rename({"cohort_start_date": "cohort_start"})

    said = place.refused(found)

    assert "no column 'cohort_start_date'. Did you mean 'cohort_start'?" in said


def test_dates_that_are_missing_or_text_are_refused(place):
    found = people({"M": 1})
    empty = found.with_columns(pl.lit(None, dtype=pl.Date).alias("cohort_end_date"))
    assert "2 rows have no cohort_end_date" in place.refused(empty)
    text = found.with_columns(pl.col("cohort_end_date").cast(pl.String))
    assert "cohort_end_date holds String, not dates" in place.refused(text)


def test_ids_may_be_whole_numbers_in_another_type(place):
    place.find(people({"M": 1}).with_columns(pl.col("subject_id").cast(pl.Float64)))
    assert place.read("pathways")["person_id"].to_list() == [1]

    said = Place(place.folder / "elsewhere")
    said.folder.mkdir()
    half = people({"M": 1}).with_columns(pl.col("subject_id") + 0.5)
    assert "2 rows have a subject_id that is no whole number" in said.refused(half)


def test_a_cohort_in_two_roles_is_refused(place):
    asked = "targets: {1: X}\nevents: {2: Metformin}\nexits: {2: Death}\n"

    assert "cohort 2 is both in events and in exits" in place.refused(people({"M": 1}), asked)


def test_the_command_says_which_reading_was_used(place):
    place.find(people({"M": 20}))
    said = worked(
        catchment_here(
            "pathways",
            *("--cohorts", place.folder / "rows.parquet"),
            *("--settings", place.folder / "asked.yaml"),
            *("--out", place.out),
        )
    )

    assert "compat: clean" in said.stdout


def test_half_a_request_is_refused():
    said = catchment_here("pathways", "--cohorts", "rows.parquet")
    assert (said.exit_code, "nor --settings, --out" in said.stderr) == (2, True)
    both = catchment_here("pathways", "diabetes_treatment", "--out", "out")
    assert (both.exit_code, "both the study" in both.stderr) == (2, True)
