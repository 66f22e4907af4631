"""Whom each rule of a cohort leaves, group by group."""

import plotly.graph_objects as go
import polars as pl

from dashboards import words
from dashboards.charts.look import shortened, styled
from dashboards.palette import ALARM, EVENT_COLOURS

MARKS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "x")
DASHES = ("solid", "dash", "dot", "dashdot")
FLAGGED = "more than others"


def share_left_by_group(rules: pl.DataFrame) -> go.Figure:
    """The share of each group that remains after each rule, a line for each group.

    `rules` has one row for each rule and group of one attribute. A ring marks where a rule removes
    more of a group than of the others; a line has a gap where a share is withheld.
    """
    attribute = str(rules["attribute"].to_list()[0])
    numbers = rules.select("rule_number", "rule").unique().sort("rule_number")
    figure = go.Figure()
    groups = words.ordered_groups(attribute, rules["group_name"].to_list())
    for place, group in enumerate(groups):
        of_group = rules.filter(pl.col("group_name") == group)
        _add_group(figure, place, group, numbers.join(of_group, on="rule_number", how="left"))
    _add_flags(figure, rules.filter(pl.col("verdict") == FLAGGED).drop_nulls("share_left"))
    figure.update_xaxes(
        tickvals=[f"{number}" for number in numbers["rule_number"].to_list()],
        ticktext=[shortened(str(rule), 30, lines=3) for rule in numbers["rule"].to_list()],
        type="category",
        showgrid=False,
    )
    lowest = min(rules["share_left"].drop_nulls().to_list(), default=0.0)
    figure.update_yaxes(
        title_text="Share of those found who remain",
        tickformat=".0%",
        range=[max(0.0, lowest - 0.1), 1.03],
    )
    return styled(
        figure,
        title=f"Does a rule leave out one group more than others? By {_by(attribute)}",
        note="A ring: the rule removes at least 10 percentage points more of the group than of the "
        "others, beyond chance. Shares of few people are not shown.",
        legend=True,
        height=320,
    )


def _by(attribute: str) -> str:
    return "age at the event" if attribute == "age_band" else words.ATTRIBUTES[attribute].lower()


def _add_group(figure: go.Figure, place: int, group: str, rules: pl.DataFrame) -> None:
    colour = EVENT_COLOURS[place % len(EVENT_COLOURS)]
    shares = rules["share_left"].to_list()
    figure.add_trace(
        go.Scatter(
            x=[f"{number}" for number in rules["rule_number"].to_list()],
            y=shares,
            name=group if any(share is not None for share in shares) else f"{group} (withheld)",
            mode="lines+markers",
            line={"color": colour, "dash": DASHES[place % len(DASHES)], "width": 2},
            marker={"color": colour, "symbol": MARKS[place % len(MARKS)], "size": 9},
            customdata=[
                words.people(n) if n is not None else words.WITHHELD
                for n in rules["n_people"].to_list()
            ],
            hovertemplate=f"{group}: %{{y:.1%}} remain (%{{customdata}})<extra></extra>",
        )
    )


def _add_flags(figure: go.Figure, flagged: pl.DataFrame) -> None:
    figure.add_trace(
        go.Scatter(
            x=[f"{number}" for number in flagged["rule_number"].to_list()],
            y=flagged["share_left"].to_list(),
            mode="markers",
            name="removes more of the group",
            marker={
                "symbol": "circle-open",
                "color": ALARM,
                "size": 20,
                "line": {"color": ALARM, "width": 3},
            },
            hoverinfo="skip",
            showlegend=not flagged.is_empty(),
        )
    )
