"""Feature settings: what a file says becomes analyses, and each fault is named."""

from pathlib import Path

import pytest

from analytics.errors import BadInputError
from analytics.features.analysis import ONES_OWN_ANALYSIS_IDS, OUR_ANALYSIS_IDS, is_ones_own
from analytics.features.prespecified.catalogue import read_catalogue
from analytics.features.settings import FEATURE_PRESETS, FeatureSettings, read_feature_settings
from analytics.features.settings.reader import DEFINITIONS


def read(text: str, folder: Path, *, end_day: int | None = None) -> FeatureSettings:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return read_feature_settings(file, end_day=end_day)


def fault_of(text: str, folder: Path, *, end_day: int | None = None) -> str:
    with pytest.raises(BadInputError) as raised:
        read(text, folder, end_day=end_day)
    return str(raised.value)


def windows(settings: FeatureSettings) -> dict[int, tuple[int | None, int]]:
    return {
        each.analysis_id: (each.window.first_day, each.window.last_day)
        for each in settings.analyses
        if each.window
    }


def test_no_id_for_ones_own_analyses_is_one_of_featureextraction_or_ours():
    taken = {analysis.analysis_id for analysis in read_catalogue()} | set(OUR_ANALYSIS_IDS)

    assert not [each for each in taken if is_ones_own(each)]
    # PatientLevelPrediction gives 456 and FeatureExtraction 999 to cohorts by default.
    assert not is_ones_own(456)
    assert not is_ones_own(999)
    assert sum(len(ids) for ids in ONES_OWN_ANALYSIS_IDS) == 277


def test_the_presets_of_featureextraction_are_its_analyses_in_windows_that_end_where_asked():
    default = read_feature_settings("featureextraction-default")
    at_index = read_feature_settings("featureextraction-all", end_day=0)

    assert (len(default.prespecified), default.end_day) == (29, -1)
    assert not default.is_day_0_asked_for
    assert (len(at_index.prespecified), at_index.end_day) == (118, 0)
    assert at_index.is_day_0_asked_for


def test_the_shipped_files_can_be_read_and_the_preset_has_the_ids_of_the_main_job():
    preset = read_feature_settings("catchment-default")
    example = read_feature_settings(DEFINITIONS / "example.yaml")

    of_the_main_job = {*range(930, 961), 961, 962, 963}
    assert {each.analysis_id for each in preset.ones_own} == of_the_main_job
    assert {path.stem for path in DEFINITIONS.glob("*.yaml")} == {"catchment-default", "example"}
    assert {each.analysis_id for each in example.prespecified} == {3, 210, 410, 901}
    assert "catchment-default" in FEATURE_PRESETS


def test_ids_count_on_all_windows_of_a_measure_before_the_next(tmp_path: Path):
    settings = read(
        """
        analyses:
          - {id: 813, domain: drug, measures: [count, any], windows: [30, any, -90 to -31]}
        """,
        tmp_path,
    )

    assert [(each.analysis_id, each.measure) for each in settings.analyses] == [
        *((number, "count") for number in (813, 814, 815)),
        *((number, "any") for number in (816, 817, 818)),
    ]
    assert windows(settings) == {
        number: window
        for first in (813, 816)
        for number, window in enumerate([(-30, -1), (None, -1), (-90, -31)], start=first)
    }


def test_another_end_day_moves_the_windows_that_name_none(tmp_path: Path):
    text = "analyses: [{id: 813, domain: drug, measures: [any], windows: [30, any to -5]}]"

    assert windows(read(text, tmp_path, end_day=-8)) == {813: (-30, -8), 814: (None, -5)}
    at_index = read(text, tmp_path, end_day=0)
    assert windows(at_index) == {813: (-30, 0), 814: (None, -5)}
    assert at_index.is_day_0_asked_for


def test_scores_are_those_of_featureextraction_or_ours_by_their_name(tmp_path: Path):
    settings = read(
        "end_day: -5\nscores: [charlson, dcsi, chads2, cha2ds2_vasc, hospital_frailty, "
        "charlson_quan_2011]",
        tmp_path,
    )

    assert [each.analysis_id for each in settings.prespecified] == [901, 902, 903, 904, 926]
    assert [(each.analysis_id, each.last_day) for each in settings.scores] == [(970, -5)]
    assert "'elixhauser' is not one of" in fault_of("scores: [elixhauser]", tmp_path)


def test_an_unknown_key_is_named_with_the_one_that_was_meant(tmp_path: Path):
    fault = fault_of("analyses: [{id: 813, domain: drug, measure: [any]}]", tmp_path)

    assert "line 1, analyses[0].measure: no such field. Did you mean 'measures'?" in fault


def test_an_unknown_measure_is_named_with_the_one_that_was_meant(tmp_path: Path):
    fault = fault_of("analyses: [{id: 813, domain: drug, measures: [counts]}]", tmp_path)

    assert "'counts' is not one of count," in fault
    assert "Did you mean 'count'?" in fault


def test_an_unknown_domain_is_named_with_the_one_that_was_meant(tmp_path: Path):
    fault = fault_of("analyses: [{id: 813, domain: drugs, measures: [count]}]", tmp_path)

    assert "analyses[0].domain: 'drugs' is not one of" in fault
    assert "Did you mean 'drug'?" in fault


def test_an_unknown_concept_set_is_named_with_the_one_that_was_meant(tmp_path: Path):
    for field in ("include", "exclude", "roll_up"):
        fault = fault_of(
            f"analyses: [{{id: 813, domain: drug, measures: [any], {field}: [insuline]}}]", tmp_path
        )
        assert "concept set 'insuline' does not exist. Did you mean 'insulin'?" in fault


def test_an_unknown_analysis_of_featureextraction_is_named(tmp_path: Path):
    assert "FeatureExtraction has no analysis 99." in fault_of("prespecified: [1, 99]", tmp_path)


def test_a_window_that_ends_before_it_starts_is_refused(tmp_path: Path):
    text = "analyses: [{{id: 813, domain: drug, measures: [any], windows: [{0}]}}]"

    written = fault_of(text.format("-30 to -90"), tmp_path)
    assert "window ends before it starts: first day -30, last day -90" in written
    moved = fault_of(text.format("30"), tmp_path, end_day=-31)
    assert "window ends before it starts: first day -30, last day -31" in moved
    assert "a window of 0 days has no day in it" in fault_of(text.format("0"), tmp_path)
    assert "'-9..-1' is no window" in fault_of(text.format("-9..-1"), tmp_path)


def test_a_window_that_reaches_the_index_day_is_refused_unless_that_is_said(tmp_path: Path):
    text = "analyses: [{id: 813, domain: drug, measures: [any], windows: [30, -30 to 3]}]"

    fault = fault_of(text, tmp_path)
    assert fault.startswith("mine.yaml has 1 fault:")
    assert "drug_any_day-30_to_day3 (id 814) reaches day 3" in fault
    assert read(f"is_day_0_allowed: true\n{text}", tmp_path).is_day_0_asked_for
    of_all = fault_of("end_day: 0\nprespecified: featureextraction-default", tmp_path)
    assert "the window of the analyses of FeatureExtraction reaches day 0" in of_all


def test_an_id_outside_the_range_is_refused(tmp_path: Path):
    for outside in (101, 930, 999, 5000, -7):
        fault = fault_of(f"analyses: [{{id: {outside}, domain: drug, measures: [any]}}]", tmp_path)
        assert str(outside) in fault
        assert "305 to 399, 505 to 599 and 813 to 899" in fault


def test_ids_that_count_on_beyond_the_range_are_refused(tmp_path: Path):
    fault = fault_of("analyses: [{id: 899, domain: drug, measures: [any, count]}]", tmp_path)

    assert "count would have id 900" in fault


def test_an_id_that_is_used_twice_is_refused(tmp_path: Path):
    fault = fault_of(
        """
        analyses:
          - {id: 813, domain: drug, measures: [count, any], windows: [30, any]}
          - {id: 816, domain: visit, measures: [any]}
        """,
        tmp_path,
    )

    assert "id 816 is used twice, by drug_any_any and visit_any_any" in fault


@pytest.mark.parametrize(
    ("analysis", "said"),
    [
        ("domain: drug, measures: [mean]", "domain drug has no mean"),
        ("domain: observation, measures: [below_range]", "domain observation has no below_range"),
        ("domain: drug, measures: [days_within]", "domain drug has no days_within"),
        ("domain: drug, measures: [any], matched_by: overlap", "have no end"),
        ("domain: visit, measures: [days_within], matched_by: overlap", "cannot be matched by"),
        ("domain: measurement, measures: [mean], by: domain", "values of different things"),
        ("domain: cohort, measures: [any]", "cohorts are named where the domain is cohort"),
        ("domain: drug, measures: [any, any]", "'any' is given twice"),
    ],
)
def test_what_a_domain_cannot_tell_is_refused(tmp_path: Path, analysis: str, said: str):
    fault = fault_of(f"analyses: [{{id: 813, {analysis}}}]", tmp_path)

    assert said in fault
    assert "line 1, analyses[0]" in fault


def test_every_fault_is_said_at_once(tmp_path: Path):
    fault = fault_of(
        """
        analyses:
          - {id: 813, domain: drug, measures: [any], include: [nothing]}
          - {id: 12, domain: drug, measures: [any]}
          - {id: 814, domain: drug, measures: [any], windows: [any to 0]}
        """,
        tmp_path,
    )

    assert fault.startswith("mine.yaml has 3 faults:")


def test_a_name_that_is_neither_a_preset_nor_a_file_is_named():
    with pytest.raises(BadInputError, match="Did you mean 'catchment-default'"):
        read_feature_settings("catchment-defaults")
