"""Every page renders on what was published, and shows numbers that stand in the file."""

import json
import re
import sys
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.published import all_suppressed, publish_sample
from tests.support.published_marts import READMISSION, sample_marts
from tests.support.published_treatments import PATHS

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
PAGES = (
    "population",
    "characterisation",
    "model",
    "fairness",
    "treatment_paths",
    "lines_of_therapy",
    "cohorts",
    "data_quality",
    "risk_list",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The sample, for tests that only read it."""
    return publish_sample(tmp_path_factory.mktemp("sample") / "published")


@pytest.fixture
def own(tmp_path):
    """The sample, for tests that change what lies there or beside it."""
    return publish_sample(tmp_path / "published")


@pytest.fixture
def open_page(monkeypatch):
    """Open a page as the browser would; `arguments` are those after `--`."""

    def _open(published, page, *arguments, **query):
        monkeypatch.setattr(sys, "argv", ["app.py", "--published", str(published), *arguments])
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page != "population":
            app.switch_page(f"app_pages/{page}.py")
        return app.run()

    return _open


def asked(published, question, *, file="aggregates"):
    """The answer of the published file itself, in plain SQL."""
    run = (published / "current").read_text().strip()
    with duckdb.connect(str(published / run / f"{file}.duckdb"), read_only=True) as connection:
        return connection.execute(question).fetchall()


def said(app):
    """All text of a page."""
    assert [error.value for error in app.exception] == []
    texts = [part.value for part in (*app.title, *app.subheader, *app.caption, *app.markdown)]
    texts += [part.value for part in (*app.info, *app.warning, *app.error, *app.success)]
    texts += [str(part.proto.body) for part in app.get("html")]
    return re.sub(r"<[^>]+>", "", "\n".join(texts))


def cards(app):
    return {card.label: card.value for card in app.metric}


def tables(app):
    return [pl.from_pandas(shown.value) for shown in app.dataframe]


def figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_population_shows_who_remains_and_who_had_the_outcome(published, open_page):
    (first, *_, last) = asked(
        published,
        "select n_people, n_rows, n_people_with_outcome from study_attrition "
        f"where study = '{READMISSION}' and is_applied order by step_number",
    )
    ((evaluated,),) = asked(
        published,
        "select distinct n_people_with_outcome from model_performance where model_name = 'xgboost'",
    )

    page = open_page(published, "population")

    assert cards(page)["People at the first rule"] == f"{first[0]:,}"
    assert cards(page)["People in the study"] == f"{last[0]:,}"
    assert cards(page)["People with the outcome"] == str(last[2])
    assert f"{last[0]:,} people with {last[1]:,} index dates are in the study" in said(page)
    assert f"{last[2]} people had the outcome: another hospital stay within 30 days" in said(page)
    assert f"The evaluation rests on {evaluated} people with the outcome." in said(page)
    assert tables(page)[0]["n_people"].to_list() == [
        row[0]
        for row in asked(published, "select n_people from study_attrition order by step_number")
    ]


def test_characterisation_shows_what_sets_the_outcome_apart(published, open_page):
    page = open_page(published, "characterisation")
    (table_1,) = tables(page)
    (chart,) = figures(page)

    assert "1,240 people are described; their mean age is 63.1 years." in said(page)
    assert "differ most from those without it in: Age in years (SMD +0.42)" in said(page)
    assert table_1.columns[2:] == [
        "Everyone",
        "With the outcome",
        "Without the outcome",
        "difference",
    ]
    age, digoxin = (
        table_1.filter(pl.col("characteristic") == name).row(0, named=True)
        for name in ("Age in years", "digoxin, in the year")
    )
    assert (age["With the outcome"], age["difference"]) == ("68.4 (12.0)", "+0.42")
    assert (digoxin["With the outcome"], digoxin["difference"]) == ("withheld", "–")
    assert chart["data"][0]["y"][0] == "Age in years"


def test_characterisation_by_an_attribute_names_the_groups_too_few_to_show(published, open_page):
    page = open_page(published, "characterisation", by="sex")
    (table_1,) = tables(page)

    assert table_1.columns[2:] == ["Everyone", "Female", "Male", "difference"]
    assert table_1["Female"].to_list() == ["35.6 %".replace(" ", "\N{NO-BREAK SPACE}")]
    assert "Too few to show: Unknown." in said(page)


def test_a_rule_that_removes_more_of_one_group_is_flagged_in_words(published, open_page):
    page = open_page(published, "population", groups="age_band")
    by_group = tables(page)[-1]
    (flagged,) = by_group.filter(pl.col("said") == "◆ removes more than of others").rows(named=True)

    assert (flagged["group_name"], flagged["rule_number"]) == ("80+", 2)


def test_cohorts_shows_what_opens_a_cohort_and_how_many_enter(published, open_page):
    ((n_people, n_rows),) = asked(
        published,
        "select n_people, n_rows from cohort_summary where cohort_name = 'inpatient_discharge'",
    )
    page = open_page(published, "cohorts", cohort="inpatient_discharge")
    everyone, rules, by_group, opening, shared, orphans = tables(page)

    assert f"{n_people:,} people with {n_rows:,} rows are in it" in said(page)
    assert everyone["n_people"].to_list() == [n_people, 920]
    assert rules["n_people"].to_list() == [1561, n_people]
    assert by_group["group_name"].to_list() == ["Female", "Male", "Unknown"]
    assert opening["n_people"].to_list() == [1518, None]
    assert shared["title"].to_list() == ["T2DM"]
    assert shared["n_people_in_both"].to_list() == [429]
    assert orphans["why"].to_list() == ["name, stands beside"]
    (chart,) = figures(page)
    assert "1,520 people entered for the first time: 152.0 for 1,000" in json.dumps(chart["layout"])
    assert "having a stay" in said(page)


def test_the_overlap_of_cohorts_is_read_from_both_sides(published, open_page):
    page = open_page(published, "cohorts", cohort="type_2_diabetes")
    _, _, _, shared, *_ = tables(page)

    assert shared["title"].to_list() == ["Inpatient discharge"]
    assert shared["n_people_in_both"].to_list() == [429]
    assert shared["n_people_of_other"].to_list() == [1520]
    assert "No record of a concept opens this cohort." in said(page)


def test_an_evaluation_on_eleven_people_is_said_to_be_too_few(tmp_path, open_page):
    few = sample_marts()["model_performance"].with_columns(
        n_people_with_outcome=pl.lit(11, dtype=pl.Int64)
    )
    published = publish_sample(tmp_path / "published", change={"model_performance": few})

    for page in ("population", "model", "fairness"):
        warned = " ".join(warning.value for warning in open_page(published, page).warning)
        assert "The evaluation rests on 11 people with the outcome." in warned
        assert "too few to judge" in warned


def test_model_shows_each_metric_with_its_interval_beside_the_baselines(published, open_page):
    ((value, lower, upper),) = asked(
        published,
        "select value, value_lower, value_upper from model_performance "
        "where model_name = 'xgboost' and metric = 'auroc'",
    )
    ((baseline,),) = asked(
        published,
        "select value from model_performance where model_name = 'age_and_sex' and metric = 'auroc'",
    )

    page = open_page(published, "model")
    (row,) = tables(page)[0].filter(pl.col("metric").str.contains("AUROC")).rows(named=True)

    assert cards(page)["AUROC"] == f"{value:.2f}"
    assert f"{value:.2f} ({lower:.2f} to {upper:.2f})" in said(page)
    assert row["xgboost"] == f"{value:.2f} ({lower:.2f} to {upper:.2f})"
    assert row["age_and_sex"].startswith(f"{baseline:.2f} (")
    assert len(figures(page)) == 3


def test_model_shows_the_calibration_of_the_model_chosen(published, open_page):
    rates = asked(
        published,
        "select outcome_rate from calibration where model_name = 'age_and_sex' order by bin_number",
    )
    page = open_page(published, "model")
    page.segmented_control(key="model").set_value("age_and_sex").run()

    (shown,) = [
        trace["y"]
        for trace in figures(page)[0]["data"]
        if trace.get("name") == "Age and sex alone (95 % interval)"
    ]
    assert shown == pytest.approx([rate for (rate,) in rates])


def test_fairness_gives_each_group_its_number_and_its_verdict_in_words(published, open_page):
    rows = asked(
        published,
        "select group_name, n_people, value, verdict from fairness_audit "
        "where metric = 'auroc' and attribute <> 'overall'",
    )
    page = open_page(published, "fairness")
    shown = {
        row["group"]: row for row in tables(page)[0].rows(named=True) if row["attribute"] == "Race"
    }

    assert len(tables(page)[0]) == len(rows)
    assert "differs by more than the limit" in shown["Black or African American"]["verdict"]
    assert "too few people to show" in shown["American Indian or Alaska Native"]["verdict"]
    assert shown["American Indian or Alaska Native"]["n_people"] is None
    assert "Black or African American differs by more than the limit" in said(page)
    by_name = {name: (n_people, value) for name, n_people, value, _ in rows}
    assert shown["Asian"]["n_people"] == by_name["Asian"][0]
    assert shown["Asian"]["value"].startswith(f"{by_name['Asian'][1]:.2f} (")
    assert "cannot both be calibrated" in said(page)


def test_fairness_of_a_visit_says_that_it_shows_what_is_recorded_less(published, open_page):
    text = said(open_page(published, "fairness"))

    assert "This outcome is a visit" in text
    assert "observed to expected above 1" in text
    assert "this audit cannot see it" not in text


def test_fairness_of_a_diagnosis_says_what_it_cannot_see(tmp_path, open_page):
    of_diabetes = {
        name: marts.with_columns(study=pl.lit("diabetes_onset_1y"))
        for name, marts in sample_marts().items()
        if name in ("fairness_audit", "model_performance")
    }
    page = open_page(publish_sample(tmp_path / "published", change=of_diabetes), "fairness")

    (warned,) = [part.value for part in page.warning if "cannot see" in part.value]
    assert "This outcome is a diagnosis: it is seen only where somebody wrote it down." in warned
    assert "its outcomes are missed in the same way as its risks" in warned
    assert "this audit cannot see it" in warned


def test_fairness_counts_its_comparisons_and_its_disparities(published, open_page):
    ((n_disparities, n_judged),) = asked(
        published,
        "select count(*) filter (verdict = 'disparity'), count(*) from fairness_audit "
        "where verdict in ('within limit', 'differs as risks do', 'disparity') "
        "and attribute <> 'overall'",
    )

    assert n_disparities > 0
    assert (
        f"{n_disparities} of {n_judged} comparisons show a disparity after allowance for the "
        "number of groups and measures." in said(open_page(published, "fairness"))
    )


def test_fairness_groups_stand_in_the_same_order_whatever_the_metric(published, open_page):
    page = open_page(published, "fairness")
    before = tables(page)[0]["group"].to_list()
    page.selectbox(key="metric").set_value("false_positive_rate").run()

    assert tables(page)[0]["group"].to_list() == before
    assert before[:3] == ["Female", "Male", "Unknown"]
    assert "Flagged among those without the outcome" in figures(page)[0]["layout"]["title"]["text"]


def test_a_choice_stands_in_the_address_by_name_and_is_followed_from_there(published, open_page):
    page = open_page(published, "fairness", metric="true_positive_rate")
    assert page.selectbox(key="metric").value == "true_positive_rate"

    page.selectbox(key="metric").set_value("mean_risk").run()
    assert page.query_params["metric"] == "mean_risk"
    assert page.query_params["study"] == READMISSION

    nonsense = open_page(published, "fairness", metric="nonsense", study="nonsense")
    assert nonsense.selectbox(key="metric").value == "auroc"
    assert [error.value for error in nonsense.exception] == []
    assert nonsense.selectbox(key="study").value == READMISSION


def test_treatment_paths_keeps_those_without_treatment_and_leaves_out_rare_ones(
    published, open_page
):
    rows = asked(
        published,
        "select pathway, n_people, share from treatment_pathway "
        f"where study = '{PATHS}' and n_people is not null order by n_people desc",
    )
    page = open_page(published, "treatment_paths")
    shown, sources = tables(page)

    assert shown["n_people"].to_list() == [n_people for _, n_people, _ in rows]
    assert "no treatment recorded" in shown["path"].to_list()
    assert shown["percent"][0] == pytest.approx(100 * rows[0][2], abs=0.005)
    assert cards(page)["No treatment recorded"] == str(dict(r[:2] for r in rows)["None"])
    assert cards(page)["People on rarer paths"] == "withheld"
    assert [figure["data"][0]["type"] for figure in figures(page)] == ["sunburst", "sankey"]
    assert sources["said"].unique().to_list() == ["drug eras that we build of exposures"]


def test_treatment_paths_of_a_group_are_those_of_its_mart_and_stand_in_the_address(
    published, open_page
):
    rows = asked(
        published,
        "select n_people from treatment_pathway_by_group where attribute = 'sex' "
        "and group_name = 'Male' and n_people is not null order by n_people desc",
    )
    page = open_page(published, "treatment_paths", by="sex", group="Male")
    of_men, by_sex, _ = tables(page)

    assert page.query_params["group"] == "Male"
    assert of_men["n_people"].to_list() == [n_people for (n_people,) in rows]
    assert set(of_men["n_people_total"]) == {420}
    assert by_sex.columns == ["path", "Everyone", "Female", "Male"]
    women = {row["path"]: row["Female"] for row in by_sex.rows(named=True)}
    assert women["metformin"] == "33.6\N{NO-BREAK SPACE}% (168)"
    assert women["dpp4 inhibitor"] == "withheld"

    page.selectbox(key="by").set_value("overall").run()
    assert page.query_params["group"] == "Everyone"
    assert tables(page)[0].height == 11
    assert "By group" not in said(page)


def test_lines_of_therapy_shows_who_starts_what_and_what_follows(published, open_page):
    page = open_page(published, "lines_of_therapy", line="2")
    assert "What follows in line 2" in said(page)
    assert "Too few people for the days on treatment of this line" in said(page)

    page.segmented_control(key="line").set_value("1").run()
    lines, after, durations, persistence, covered = tables(page)
    (metformin,) = lines.filter(
        (pl.col("line_number") == 1) & (pl.col("name") == "metformin")
    ).rows(named=True)
    assert page.query_params["line"] == "1"
    assert "730 people (79.3\N{NO-BREAK SPACE}% of 920) start a first treatment" in said(page)
    assert "most often metformin 591 (81.0\N{NO-BREAK SPACE}%)" in said(page)
    assert (metformin["n_people"], metformin["n_people_total"]) == (591, 730)
    follows = {row["name"]: row for row in after.rows(named=True)}
    assert follows["metformin"]["switches"] == "35.0\N{NO-BREAK SPACE}% (207)"
    assert follows["dpp4 inhibitor"]["stops"] == "withheld"
    assert lines["name"].to_list()[0] == "Any treatment"
    of_metformin = durations.filter(pl.col("name") == "metformin")
    assert of_metformin["days_median"].to_list() == [210, 210, 130, 130]
    assert persistence.height == 16
    assert covered["n_people_well_covered"].to_list()[0] == 296
    titles = [figure["layout"]["title"]["text"] for figure in figures(page)]
    assert titles == [
        "<b>What do people take at each line?</b>",
        "<b>What follows each treatment?</b>",
        "<b>How long does it last?</b>",
        "<b>How long until the next line starts?</b>",
        "<b>Who is still on the treatment?</b>",
    ]

    rings = figures(open_page(published, "treatment_paths"))[0]["data"][0]
    on_rings = dict(zip(rings["ids"], rings["marker"]["colors"], strict=True))
    on_bars = {
        trace["name"]: trace["marker"]["color"]
        for trace in figures(page)[0]["data"]
        if "marker" in trace
    }
    for name in ("metformin", "insulin", "sulfonylurea"):
        assert on_rings[name] == on_bars[name]


def test_what_is_told_is_shown_where_all_else_of_a_study_is_suppressed(tmp_path, open_page):
    of_lines = ("treatment_duration", "treatment_persistence", "treatment_days_covered")
    change = {mart: all_suppressed(mart) for mart in (*of_lines, "treatment_pathway_by_group")}
    published = publish_sample(tmp_path / "published", change=change)
    lines = said(open_page(published, "lines_of_therapy"))
    paths = said(open_page(published, "treatment_paths", by="sex", group="Male"))

    assert lines.count("Everything here is suppressed") == len(of_lines)
    assert "730 people" in lines
    assert "310 (33.7\N{NO-BREAK SPACE}%) followed the most common path" in paths
    assert "No path of the group Male is common enough to show." in paths


def test_data_quality_says_what_is_broken_and_what_was_not_looked_at(published, open_page):
    counted = dict(asked(published, "select status, count(*) from data_quality group by status"))
    n_absent = len(
        asked(
            published,
            "select check_id from data_quality "
            "where check_id like '%.table_is_there' and status = 'not_checked'",
        )
    )
    page = open_page(published, "data_quality")
    _, _, broken, *_, unchecked, runs = tables(page)

    assert len(broken) == counted["breached"]
    assert "2,649 of 5,343" in broken["rows"].to_list()
    assert broken.select("severity", "rows", "said").row(0) == ("structural", "–", "–")
    assert cards(page)["Row breaches"] == str(counted["breached"] - 1)
    assert cards(page)["Not made"] == str(counted["not_checked"] + 1)
    assert len(unchecked) == counted["not_checked"] + counted["error"] - n_absent
    assert len(runs) == asked(published, "select count(*) from run_log")[0][0]


def test_data_quality_says_of_whom_less_is_recorded_and_when_recording_jumps(published, open_page):
    page = open_page(published, "data_quality")
    _, _, _, apart, beside, jumps, *_ = tables(page)
    _, beside_others, _ = figures(page)

    assert apart.select("verdict", "title", "group_name").rows() == [
        ("▼ less", "Condition records", "Black or African American")
    ]
    assert "Of Black or African American something is recorded less" in said(page)
    assert jumps.select("calendar_year", "verdict", "title").rows() == [
        ("2023", "▼ down", "Usual units")
    ]
    told = dict(zip(beside_others["data"][0]["y"], beside_others["data"][0]["text"], strict=True))
    assert told["Black or African American"] == ["▼ 0.66", "1.01", "1.01"]
    assert told["American Indian or Alaska Native"] == ["withheld"] * 3
    conditions = beside.filter(pl.col("title") == "Condition records")
    assert dict(conditions.select("group_name", "ratio").iter_rows()) == {
        **dict.fromkeys(("White", "Asian", "Unknown"), "1.01"),
        "Black or African American": "0.66",
        "American Indian or Alaska Native": "withheld",
    }


def test_data_quality_says_what_to_fix_first_by_the_studies_it_touches(published, open_page):
    page = open_page(published, "data_quality", checks="check_name")
    failed, counted, *_ = tables(page)

    assert failed.select("n_touched", "studies", "place").rows() == [
        (2, "diabetes_onset_1y, readmission_30d", "drug_exposure.drug_exposure_start"),
        (0, "", "specimen.specimen_concept_id"),
    ]
    assert "2 of 3 checks failed; 1 of them touches a study" in said(page)
    assert cards(page)["OHDSI's checks failed"] == "2"
    assert counted.select("name", "failed", "passed").rows() == [
        ("fkDomain", 1, 1),
        ("plausibleAfterBirth", 1, 0),
        ("plausibleBeforeDeath", 0, 0),
    ]


def test_what_stops_a_study_comes_first_and_no_small_count_is_said(tmp_path, open_page):
    sample = sample_marts()["ohdsi_check"]
    few = pl.col("table_name") == "specimen"
    changed = sample.with_columns(
        studies=pl.when(few).then(pl.lit("readmission_30d")).otherwise("studies"),
        share=pl.when(few).then(0.2).otherwise(None),
        is_past_limit=pl.when(few).then(pl.lit(value=True)).otherwise(None),
        limit_share=pl.when(few).then(0.05).otherwise("limit_share"),
        n_violated=pl.when(few).then(pl.lit(0)).otherwise(None),
        is_suppressed=~few,
    )
    published = publish_sample(tmp_path / "published", change={"ohdsi_check": changed})

    failed, *_ = tables(open_page(published, "data_quality"))

    past = "◆ past 5\N{NO-BREAK SPACE}%"
    assert failed.select("place", "rows", "limit").row(0) == (
        *("specimen.specimen_concept_id", "fewer than 11"),
        past,
    )
    assert failed.select("rows", "share").row(1) == ("withheld", "withheld")
    assert past not in failed["limit"].to_list()[1:]


def test_what_keeps_its_threshold_and_is_past_a_sites_limit_is_to_be_fixed_too(tmp_path, open_page):
    passed = pl.col("status") == "passed"
    changed = sample_marts()["ohdsi_check"].with_columns(
        is_past_limit=passed,
        n_violated=pl.when(passed).then(22).otherwise("n_violated"),
        share=pl.when(passed).then(0.01).otherwise("share"),
        limit_share=pl.when(passed).then(0.005).otherwise("limit_share"),
    )
    published = publish_sample(tmp_path / "published", change={"ohdsi_check": changed})

    page = open_page(published, "data_quality")

    to_fix, *_ = tables(page)
    assert to_fix.select("place", "limit").row(0) == (
        *("condition_occurrence.condition_concept", "◆ past 0.5\N{NO-BREAK SPACE}%"),
    )
    assert to_fix.height == 3
    assert "1 more keeps its threshold and is past a limit for studies" in said(page)


def test_a_cdm_without_anything_to_check_has_its_sentences(tmp_path, open_page):
    nothing = sample_marts()["ohdsi_check"].clear()
    published = publish_sample(tmp_path / "published", change={"ohdsi_check": nothing})

    page = open_page(published, "data_quality")

    assert said(page).count("one had anything to look at") >= 2
    assert cards(page)["OHDSI's checks failed"] == "0"


def test_the_tables_of_data_quality_can_be_taken_away(published, open_page):
    page = open_page(published, "data_quality")

    taken = [button.proto.id.split("csv of ")[-1] for button in page.get("download_button")]
    assert len(taken) == len(tables(page)) - 1  # all but the run log


def test_data_quality_compares_recording_by_what_the_address_says(published, open_page):
    page = open_page(published, "data_quality", recorded="ethnicity")

    groups = figures(page)[1]["data"][0]["y"]
    assert groups == ["Hispanic or Latino", "Not Hispanic or Latino", "Unknown"]


def test_risk_list_opens_with_those_within_capacity_in_order_of_risk(published, open_page):
    people = asked(
        published,
        "select person_id, risk, reason_1 from risk_list where is_flagged order by risk_rank",
        file="people",
    )
    page = open_page(published, "risk_list")
    shown = tables(page)[0]

    assert shown["person_id"].to_list() == [person_id for person_id, _, _ in people]
    assert shown["risk"].to_list() == pytest.approx([100 * risk for _, risk, _ in people])
    assert shown["reason_1"].to_list() == [reason for _, _, reason in people]
    assert f"Person {people[0][0]}" in said(page)


def test_risk_list_filters_by_capacity_sex_and_age(published, open_page):
    page = open_page(published, "risk_list")
    page.slider(key="capacity").set_value(60).run()
    page.multiselect(key="sex").set_value(["Female"]).run()
    page.multiselect(key="age").set_value(["65-79"]).run()

    expected = asked(
        published,
        "select person_id from risk_list where risk_rank <= 60 and sex = 'Female' "
        "and age between 65 and 79 order by risk_rank",
        file="people",
    )
    assert tables(page)[0]["person_id"].to_list() == [row[0] for row in expected]
    assert 0 < len(expected) < 60
    assert cards(page)["People shown"] == str(len(expected))


def test_a_list_that_leaves_the_page_is_the_list_shown_and_is_in_the_log(own, open_page):
    page = open_page(own, "risk_list")
    page.slider(key="capacity").set_value(5).run()
    page.text_input[0].set_value("discharge calls")
    next(button for button in page.button if "Prepare" in button.label).click().run()

    exports = own.parent / "exports"
    (entry,) = [json.loads(line) for line in (exports / "log.jsonl").read_text().splitlines()]
    sheet = openpyxl.load_workbook(exports / entry["file_name"])["Risk list"]
    people = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    expected = asked(
        own,
        "select person_id from risk_list where risk_rank <= 5 order by risk_rank",
        file="people",
    )

    assert people == [row[0] for row in expected]
    assert entry["purpose"] == "discharge calls"
    assert entry["filters"] == "the first 5 by risk"
    assert entry["n_rows"] == 5
    assert "holds 5 people and is in the log" in said(page)


def test_a_list_of_a_workspace_whose_build_was_cut_short_does_not_leave(own, open_page):
    """The page asks what the command line asks; what counts there is tested with the command."""
    (own.parent / "warehouse.duckdb").touch()
    page = open_page(own, "risk_list")
    page.text_input[0].set_value("discharge calls")
    next(button for button in page.button if "Prepare" in button.label).click().run()

    assert "its last build did not come to its end" in said(page)
    assert not (own.parent / "exports").exists()


def test_a_list_without_a_purpose_does_not_leave(own, open_page):
    page = open_page(own, "risk_list")
    next(button for button in page.button if "Prepare" in button.label).click().run()

    assert "needs a purpose" in said(page)
    assert not (own.parent / "exports").exists()


@pytest.mark.parametrize("page", PAGES)
def test_with_nothing_published_each_page_says_so(tmp_path, open_page, page):
    assert "Nothing has been published" in said(open_page(tmp_path / "published", page))


AGGREGATES = [
    ("population", "study_attrition"),
    ("population", "population_profile"),
    ("model", "model_performance"),
    ("model", "calibration"),
    ("model", "decision_curve"),
    ("model", "covariate_importance"),
    ("fairness", "fairness_audit"),
    ("treatment_paths", "treatment_pathway"),
    ("lines_of_therapy", "treatment_line"),
]
ALL_MARTS = [*AGGREGATES, ("data_quality", "data_quality"), ("risk_list", "risk_list")]


@pytest.mark.parametrize(("page", "mart"), ALL_MARTS)
def test_a_missing_mart_is_named(tmp_path, open_page, page, mart):
    published = publish_sample(tmp_path / "published", change={mart: None})

    assert f"The mart `{mart}` is missing" in said(open_page(published, page))


@pytest.mark.parametrize(("page", "mart"), ALL_MARTS)
def test_a_mart_without_rows_has_its_sentence(tmp_path, open_page, page, mart):
    empty = sample_marts()[mart].clear()
    published = publish_sample(tmp_path / "published", change={mart: empty})

    text = said(open_page(published, page))
    assert re.search("No study has anything to show|has no rows in|No check of this CDM", text)


@pytest.mark.parametrize(("page", "mart"), AGGREGATES)
def test_where_all_is_suppressed_it_is_said(tmp_path, open_page, page, mart):
    published = publish_sample(tmp_path / "published", change={mart: all_suppressed(mart)})

    assert "Everything here is suppressed" in said(open_page(published, page))


def test_a_dashboard_of_aggregates_has_no_page_about_people(own, open_page):
    run = (own / "current").read_text().strip()
    (own / run / "people.duckdb").unlink()

    page = open_page(own, "population", "--aggregates-only")
    assert [error.value for error in page.exception] == []
    assert cards(page)["People in the study"] == "1,240"
    with pytest.raises(ValueError, match="risk_list"):
        page.switch_page("app_pages/risk_list.py").run()


def test_a_new_publication_is_seen_without_restarting(own, open_page):
    before = cards(open_page(own, "population"))["People in the study"]
    changed = sample_marts()["study_attrition"].with_columns(pl.col("n_people") + 1)
    publish_sample(own, run="run-2", change={"study_attrition": changed})

    after = cards(open_page(own, "population"))["People in the study"]

    assert (before, after) == ("1,240", "1,241")


def test_simulated_people_are_called_so(tmp_path, open_page):
    log = sample_marts()["run_log"].with_columns(
        pl.when(pl.col("step_number") == 1)
        .then(pl.lit("simulate people"))
        .otherwise("step")
        .alias("step")
    )
    published = publish_sample(tmp_path / "published", change={"run_log": log})

    assert "These people are simulated" in said(open_page(published, "population"))
    assert "These people are simulated" not in said(
        open_page(publish_sample(tmp_path / "real"), "population")
    )


WHY = "readmission_30d is stopped: data that it uses are past their limit (check_1). Sign a waiver."


def with_a_study_withheld():
    """The sample as it is published when its prediction study does not count."""
    marts = {
        name: frame.filter(pl.col("study") != READMISSION)
        for name, frame in sample_marts().items()
        if "study" in frame.columns
    }
    log = marts["run_log"]
    withheld = log.tail(1).with_columns(
        study=pl.lit(READMISSION),
        step=pl.lit("Results withheld"),
        status=pl.lit("withheld"),
        note=pl.lit(WHY),
    )
    return marts | {"run_log": pl.concat([log.cast({"note": pl.String}), withheld])}


@pytest.mark.parametrize(
    ("page", "says_why"), [("data_quality", 1), ("treatment_paths", 0), ("risk_list", 1)]
)
def test_a_page_says_that_a_study_is_withheld_and_why(tmp_path, open_page, page, says_why):
    published = publish_sample(tmp_path / "published", change=with_a_study_withheld())

    app = open_page(published, page)

    (note,) = app.sidebar.warning
    assert note.value.startswith("1 study is withheld. The page Data quality says why")
    title = "**Readmission within 30 days of discharge** is withheld: "
    shown = [warning.value.replace("\\", "") for warning in app.main.warning]
    assert [one for one in shown if "withheld" in one] == [f"{title}{WHY}"] * says_why


def test_the_run_log_says_why_a_study_is_withheld(tmp_path, open_page):
    app = open_page(
        publish_sample(tmp_path / "published", change=with_a_study_withheld()), "data_quality"
    )

    (runs,) = (table for table in tables(app) if "note" in table.columns)
    assert runs.filter(status="⊘ withheld")["note"].to_list() == [WHY]


def test_no_study_is_said_to_be_withheld_where_none_is(published, open_page):
    assert not open_page(published, "population").sidebar.warning
