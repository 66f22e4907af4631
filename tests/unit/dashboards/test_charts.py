"""Figures show the mart's numbers, keep what is withheld in its place, and hold their colours."""

import polars as pl
import pytest

from dashboards import charts, palette
from dashboards.choosing import of_line, of_measure, of_model
from tests.support.published import all_suppressed
from tests.support.published_marts import sample_marts
from tests.support.tables import table

EVENTS = {"diabetes_treatment": ["metformin", "sulfonylurea", "dpp4_inhibitor", "insulin"]}


@pytest.fixture(scope="module")
def marts():
    return sample_marts()


def all_figures(marts):
    audit = of_model(marts["fairness_audit"], "xgboost")
    paths = marts["treatment_pathway"]
    colours = palette.event_colours(EVENTS)
    first_line = of_line(marts["treatment_line"], 1)
    durations = of_measure(of_line(marts["treatment_duration"], 1), "days on treatment")
    breaches = marts["data_quality"].filter(pl.col("share").is_not_null())
    return {
        "attrition": charts.attrition_bars(marts["study_attrition"]),
        "profile": charts.profile_bars(marts["population_profile"]),
        "calibration": charts.calibration_curve(marts["calibration"], "xgboost"),
        "decision": charts.decision_curve(marts["decision_curve"]),
        "drivers": charts.what_drives(marts["covariate_importance"], "xgboost"),
        "fairness": charts.metric_by_group(audit, "true_positive_rate"),
        "rings": charts.path_rings(paths, colours),
        "flow": charts.path_flow(paths, colours),
        "lines": charts.line_bars(marts["treatment_line"], colours),
        "following": charts.following_bars(first_line),
        "durations": charts.duration_ranges(durations, colours),
        "persistence": charts.persistence_curves(marts["treatment_persistence"], colours),
        "breaches": charts.breach_shares(breaches),
    }


def test_every_figure_has_a_title_and_something_drawn(marts):
    for name, figure in all_figures(marts).items():
        assert figure.layout.title.text.strip("</b>"), name
        assert len(figure.data) > 0, name


def test_every_figure_with_axes_names_them_with_their_unit(marts):
    for name, figure in all_figures(marts).items():
        if name in ("rings", "flow"):
            continue
        titles = [axis.title.text for axis in figure.select_xaxes() if axis.title.text]
        assert titles, name


def test_every_figure_says_how_many_people_it_rests_on(marts):
    figures = all_figures(marts)
    for name in ("profile", "calibration", "decision", "drivers", "rings", "flow"):
        assert "n = " in figures[name].layout.title.subtitle.text, name
    labels = [text for axis in figures["fairness"].select_yaxes() for text in axis.ticktext]
    assert all("n = " in text or "n withheld" in text for text in labels)


def test_attrition_shows_how_many_each_rule_removed_and_no_notes():
    attrition = table("""
        step_number | rule   | is_applied | n_people
        ------------+--------+------------+---------
                  1 | entry  | true       | 100
                  2 | washout| true       | 60
                  3 | a note | false      | 12
    """)
    bars = charts.attrition_bars(attrition).data[0]

    assert list(bars.x) == [100, 60]
    assert list(bars.text) == ["100", "60  (−40)"]


def test_attrition_never_tells_what_a_withheld_step_removed():
    attrition = table("""
        step_number | rule   | is_applied | n_people
        ------------+--------+------------+---------
                  1 | entry  | true       | 100
                  2 | washout| true       |
                  3 | outcome| true       | 60
    """)

    assert list(charts.attrition_bars(attrition).data[0].text) == ["100", "withheld", "60"]


def test_groups_stand_in_the_fixed_order_whatever_order_the_mart_has(marts):
    audit = of_model(marts["fairness_audit"], "xgboost")

    def order(frame):
        figure = charts.metric_by_group(frame, "auroc")
        return [list(axis.tickvals) for axis in figure.select_yaxes()]

    assert order(audit) == order(audit.sample(fraction=1.0, shuffle=True, seed=5))
    assert order(audit)[0] == ["Female", "Male", "Unknown"]
    assert order(audit)[2][-1] == "Unknown"


def test_a_group_too_small_to_show_keeps_its_place_and_has_no_mark(marts):
    figure = charts.metric_by_group(of_model(marts["fairness_audit"], "xgboost"), "auroc")
    marked = {group for trace in figure.data for group in trace.y}
    said = {note.y: note.text for note in figure.layout.annotations if note.text}

    assert "American Indian or Alaska Native" not in marked
    assert said["American Indian or Alaska Native"] == "too few people to show"
    assert any(
        "American Indian or Alaska Native" in axis.tickvals for axis in figure.select_yaxes()
    )


def test_verdicts_differ_in_mark_and_not_only_in_colour():
    assert len(set(palette.VERDICT_MARKS.values())) == len(palette.VERDICT_MARKS)
    assert len(set(palette.MODEL_DASHES.values())) == len(palette.MODEL_DASHES)


def test_an_interval_reaches_from_its_lower_to_its_upper_end(marts):
    audit = of_model(marts["fairness_audit"], "xgboost").filter(pl.col("metric") == "auroc")
    male = audit.filter(pl.col("group_name") == "Male").row(0, named=True)
    figure = charts.metric_by_group(audit, "auroc")
    ((trace, place),) = [
        (trace, list(trace.y).index("Male")) for trace in figure.data if "Male" in list(trace.y)
    ]

    assert trace.x[place] + trace.error_x.array[place] == pytest.approx(male["value_upper"])
    assert trace.x[place] - trace.error_x.arrayminus[place] == pytest.approx(male["value_lower"])


PATHS = """
    pathway   | n_people
    ----------+---------
    a         | 40
    a-b       | 30
    a-b-a     | 20
    b+c-a     | 15
    None      | 12
    c-a       |
"""


def some_paths() -> pl.DataFrame:
    return table(PATHS).with_columns(n_people_total=pl.lit(200))


def test_rings_add_up_from_the_outside_in():
    rings = charts.path_rings(some_paths(), palette.event_colours({"": "abc"})).data[0]
    people = dict(zip(rings.ids, rings.values, strict=True))

    assert people["a"] == 90
    assert people["a-b"] == 50
    assert people["a-b-a"] == 20
    assert people["None"] == 12
    assert people["Everyone shown"] == 117
    assert "c" not in people
    for ring, parent in zip(rings.ids, rings.parents, strict=True):
        children = sum(
            n for other, n in zip(rings.parents, rings.values, strict=True) if other == ring
        )
        assert children <= people[ring]
        assert parent in (*rings.ids, "")


def test_flows_keep_every_person_once_in_each_step():
    flow = charts.path_flow(some_paths(), palette.event_colours({"": "abc"})).data[0]
    named = [
        (flow.node.customdata[source], flow.node.customdata[target], number)
        for source, target, number in zip(
            flow.link.source, flow.link.target, flow.link.value, strict=True
        )
    ]

    assert ("Everyone shown", "a", 90) in named
    assert ("Everyone shown", "b + c", 15) in named
    assert ("Everyone shown", "no treatment", 12) in named
    assert ("a", "b", 50) in named
    assert ("b", "a", 20) in named
    assert sum(n for source, _, n in named if source == "Everyone shown") == 117


def test_rings_and_flows_say_how_many_and_which_share_of_the_whole_target():
    paths = some_paths()
    colours = palette.event_colours({"": "abc"})
    rings = charts.path_rings(paths, colours).data[0]
    flow = charts.path_flow(paths, colours).data[0]

    assert dict(zip(rings.ids, rings.text, strict=True))["a"] == "90 (45%)"
    assert "a<br>90 (45%)" in flow.node.label


def test_an_event_has_one_colour_whatever_the_study_and_the_order():
    events = {"one": ["Metformin", "Insulin", "Aspirin"], "two": ["Aspirin", "Celecoxib"]}
    colours = palette.event_colours(events)

    assert colours == palette.event_colours(
        {"two": ["Celecoxib", "Aspirin"], "one": ["Aspirin", "Insulin", "Metformin"]}
    )
    assert set(colours) == {"Metformin", "Insulin", "Aspirin", "Celecoxib"}


def test_no_two_of_ten_events_of_a_study_share_a_colour():
    names = [f"drug_{number}" for number in range(10)]

    assert len(set(palette.event_colours({"study": names}).values())) == 10


def test_events_of_other_studies_leave_a_colour_as_it_is():
    alone = palette.event_colours({"one": ["Metformin", "Insulin"]})
    beside = palette.event_colours({"one": ["Metformin", "Insulin"], "two": ["Aspirin", "Heparin"]})

    assert {name: beside[name] for name in alone} == alone


def test_a_combination_is_striped_in_the_colours_of_its_parts():
    colours = palette.event_colours({"": "abc"})
    one = some_paths().head(1).with_columns(pathway=pl.lit("a-a+b"))
    rings = charts.path_rings(one, colours).data[0]

    assert palette.striped(colours, "a") == {"color": colours["a"], "pattern": {"shape": ""}}
    assert palette.step_colours(colours, "None") == (palette.NO_TREATMENT,)
    assert list(rings.marker.pattern.shape) == ["", "", "/"]
    assert list(rings.marker.pattern.bgcolor)[2] == colours["a"]
    assert list(rings.marker.pattern.fgcolor)[2] == colours["b"]
    assert palette.mixed_colour(colours, "a+b") not in colours.values()


def test_a_bar_of_a_line_holds_each_treatment_that_is_not_withheld(marts):
    figure = charts.line_bars(marts["treatment_line"], palette.event_colours(EVENTS))
    first = {
        trace.name: trace.x[place]
        for trace in figure.data
        for place, line in enumerate(trace.y)
        if line == "Line 1<br>n = 730" and trace.marker.color
    }

    assert first == {
        "metformin": pytest.approx(591 / 730),
        "insulin": pytest.approx(66 / 730),
        "sulfonylurea": pytest.approx(49 / 730),
    }


def test_what_follows_is_drawn_in_parts_that_add_up_to_those_who_start(marts):
    figure = charts.following_bars(of_line(marts["treatment_line"], 1))
    metformin = sum(
        trace.customdata[place][0]
        for trace in figure.data
        for place, treatment in enumerate(trace.y)
        if treatment == "metformin<br>n = 591"
    )

    assert metformin == pytest.approx(591, abs=2)
    assert {trace.name for trace in figure.data} == {
        "adds another",
        "switches",
        "stops",
        "goes on until follow-up ends",
    }
    assert len({trace.marker.pattern.shape or trace.marker.color for trace in figure.data}) == 4


def test_where_no_part_of_what_follows_is_shown_its_sum_is_drawn(marts):
    without = ~pl.col("what_follows").is_in(["stops", "goes on"])
    figure = charts.following_bars(of_line(marts["treatment_line"], 1).filter(without))
    of_metformin = {
        trace.name: trace.customdata[place][0]
        for trace in figure.data
        for place, treatment in enumerate(trace.y)
        if treatment == "metformin<br>n = 591"
    }

    assert of_metformin == {"adds another": 89, "switches": 207, "nothing follows": 296}


def test_a_curve_has_a_gap_where_a_day_is_withheld(marts):
    is_day = (pl.col("treatment") == "metformin") & (pl.col("days_after_start") == 180)
    with_gap = marts["treatment_persistence"].with_columns(
        share_persistent=pl.when(~is_day).then("share_persistent")
    )
    curves = charts.persistence_curves(with_gap, palette.event_colours(EVENTS)).data
    (metformin,) = [curve for curve in curves if curve.name.startswith("metformin")]

    assert list(metformin.y) == [1.0, 0.8, None, 0.4]
    assert not metformin.connectgaps
    assert [curve.name for curve in curves if "dpp4" in curve.name] == []


def test_a_range_of_days_reaches_from_the_first_to_the_third_quartile(marts):
    rows = of_measure(of_line(marts["treatment_duration"], 1), "days on treatment")
    trace = charts.duration_ranges(rows, palette.event_colours(EVENTS)).data[0]

    assert trace.x[0] - trace.error_x.arrayminus[0] == 170
    assert trace.x[0] + trace.error_x.array[0] == 300
    assert len(trace.x) == 3


def test_withheld_bins_are_counted_in_the_note_and_not_drawn(marts):
    bins = marts["calibration"].with_columns(
        pl.when(pl.col("bin_number") > 1).then(column).alias(column)
        for column in ("mean_risk", "outcome_rate", "n_people", "outcome_rate_upper")
    )
    figure = charts.calibration_curve(bins, "xgboost")

    assert len(figure.data[1].x) == 7
    assert "1 bin holds too few people to show" in figure.layout.title.subtitle.text


def test_figures_of_suppressed_marts_do_not_fail():
    assert charts.decision_curve(all_suppressed("decision_curve")).data
    assert charts.calibration_curve(all_suppressed("calibration"), "xgboost").data
    assert charts.profile_bars(all_suppressed("population_profile")).data
    assert charts.metric_by_group(all_suppressed("fairness_audit"), "auroc").data


def test_figures_of_suppressed_treatments_are_empty_and_do_not_fail():
    colours = palette.event_colours(EVENTS)
    nothing = [
        charts.line_bars(all_suppressed("treatment_line"), colours),
        charts.following_bars(of_line(all_suppressed("treatment_line"), 1)),
        charts.duration_ranges(of_line(all_suppressed("treatment_duration"), 1), colours),
        charts.persistence_curves(all_suppressed("treatment_persistence"), colours),
    ]

    assert [sum(trace.x) for figure in nothing for trace in figure.data] == [0, 0]
    assert {note.text for note in nothing[0].layout.annotations} == {"its treatments are withheld"}


def test_words_on_a_fill_are_readable():
    """WCAG 2.2 asks 4.5 to 1 of small text; of grey #767676 on white it says 4.54."""
    assert palette.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    for fill in (*palette.EVENT_COLOURS, palette.OTHER, palette.NO_TREATMENT):
        assert palette.contrast(palette.text_on(fill), fill) >= 4.5, fill
