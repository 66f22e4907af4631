"""Lines of therapy: who starts what at each line, what follows, for how long, and who stays on.

Colours are those that a treatment has everywhere; every bar and mark also says its name.
"""

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboards import amounts, words
from dashboards.charts.look import shortened, styled
from dashboards.choosing import following
from dashboards.palette import (
    FOLLOWING_COLOURS,
    FOLLOWING_PATTERNS,
    INK,
    PATTERN_INK,
    RANGE,
    SURFACE,
    mixed_colour,
    striped,
    text_of_step,
    text_on,
)

MARKS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "hexagon", "x")
DASHES = ("solid", "dash", "dot", "dashdot")
SMALLEST_NAMED = 0.05
FEWEST_DAYS_DRAWN = 10
TEXT = {"uniformtext": {"minsize": 10, "mode": "hide"}}
PLACES = "places of the lines"


def line_bars(lines: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """A bar for each line of therapy, divided into the treatments that people start there.

    `lines` has one row for each line, treatment and what follows; only starts are drawn.
    """
    starts = lines.filter(pl.col("what_follows") == "starts").drop_nulls("share")
    of_line = {
        number: words.line_of_therapy(number, n_people)
        for number, n_people in lines.filter(
            (pl.col("what_follows") == "starts") & pl.col("is_any_treatment")
        )
        .select("line_number", "n_people")
        .iter_rows()
    }
    named = starts.filter(~pl.col("is_any_treatment"))
    # Every line keeps its place, also one of which nothing is shown.
    figure = go.Figure(
        go.Bar(
            x=[0] * len(of_line),
            y=list(of_line.values()),
            orientation="h",
            name=PLACES,
            showlegend=False,
            hoverinfo="skip",
        )
    )
    for number in sorted(set(of_line) - set(named["line_number"].to_list())):
        figure.add_annotation(
            x=0,
            y=of_line[number],
            text="its treatments are withheld",
            showarrow=False,
            xanchor="left",
            xshift=6,
        )
    treatments = (
        named.group_by("treatment")
        .agg(n=pl.sum("n_people"))
        .sort(pl.col("treatment") == "Other treatments", -pl.col("n"), "treatment")
    )
    for treatment in treatments["treatment"].to_list():
        here = named.filter(pl.col("treatment") == treatment)
        name = words.step(treatment)
        figure.add_trace(
            _shares(
                here,
                places=[of_line[number] for number in here["line_number"]],
                called=name,
                said_inside=f"{shortened(name, 16)}<br>",
                fill=striped(colours, treatment),
                font=text_of_step(colours, treatment),
            )
        )
    figure.update_layout(barmode="stack", bargap=0.25, **TEXT)
    figure.update_xaxes(title_text="Share of those who reach the line", tickformat=".0%")
    figure.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=list(of_line.values())
    )
    return styled(
        figure,
        title="What do people take at each line?",
        note="A bar that does not reach 100 % holds treatments whose counts are withheld.",
        height=90 + 74 * max(1, len(of_line)),
        legend=True,
    ).update_layout(legend_traceorder="normal")


def following_bars(lines: pl.DataFrame) -> go.Figure:
    """A bar for each treatment of one line, divided into what people do after it."""
    rows = following(lines)
    order = _by_people(lines.filter(pl.col("what_follows") == "starts"))
    figure = go.Figure()
    for what in words.WHAT_FOLLOWS:
        here = rows.filter(pl.col("what_follows") == what)
        if here.is_empty():
            continue
        pattern = {
            "shape": FOLLOWING_PATTERNS[what],
            "fillmode": "overlay",
            "fgcolor": PATTERN_INK,
            "solidity": 0.18,
            "size": 10,
        }
        figure.add_trace(
            _shares(
                here,
                places=[order[treatment] for treatment in here["treatment"] if treatment in order],
                called=words.WHAT_FOLLOWS[what],
                said_inside="",
                fill={"color": FOLLOWING_COLOURS[what], "pattern": pattern},
                font={"color": text_on(FOLLOWING_COLOURS[what]), "shadow": "auto"},
            )
        )
    figure.update_layout(barmode="stack", bargap=0.3, **TEXT)
    figure.update_xaxes(title_text="Share of those who start the treatment", tickformat=".0%")
    figure.update_yaxes(
        autorange="reversed", categoryorder="array", categoryarray=list(order.values())
    )
    return styled(
        figure,
        title="What follows each treatment?",
        note="A bar that does not reach 100 % holds counts that are withheld.",
        height=90 + 44 * max(1, len(order)),
        legend=True,
    ).update_layout(legend_traceorder="normal")


def _shares(
    rows: pl.DataFrame,
    *,
    places: list[str],
    called: str,
    said_inside: str,
    fill: Mapping[str, object],
    font: Mapping[str, str],
) -> go.Bar:
    """One part of each bar: its share, said inside where there is room, and of how many."""
    return go.Bar(
        x=rows["share"].to_list(),
        y=places,
        name=called,
        orientation="h",
        marker={**fill, "line": {"color": SURFACE, "width": 1.5}},
        text=[
            f"{said_inside}{share:.0%}" if share >= SMALLEST_NAMED else ""
            for share in rows["share"]
        ],
        textposition="inside",
        insidetextanchor="middle",
        insidetextfont=font,
        textangle=0,
        customdata=rows.select("n_people", "n_people_total").rows(),
        hovertemplate=f"{called}: %{{x:.1%}}<br>%{{customdata[0]:,}} of %{{customdata[1]:,}}"
        "<extra></extra>",
    )


def duration_ranges(durations: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """The median of the days for each treatment, in the range of the middle half of the steps."""
    rows = durations.drop_nulls("days_median")
    order = _by_people(rows)
    days = rows["days_median"]
    figure = go.Figure(
        go.Scatter(
            x=days.to_list(),
            y=[order[treatment] for treatment in rows["treatment"]],
            mode="markers+text",
            cliponaxis=False,
            text=[f"{day:,}" for day in days],
            textposition="top center",
            marker={
                "color": [mixed_colour(colours, name) for name in rows["treatment"]],
                "size": 12,
                "line": {"color": INK, "width": 1},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (rows["days_q3"] - days).to_list(),
                "arrayminus": (days - rows["days_q1"]).to_list(),
                "color": RANGE,
                "thickness": 7,
                "width": 0,
            },
            customdata=rows.select("days_q1", "days_q3", "n_people").rows(),
            hovertemplate="%{y}<br>median %{x:,} days, middle half %{customdata[0]:,} to "
            "%{customdata[1]:,}<extra></extra>",
        )
    )
    measure = str(rows["measure"].to_list()[0]) if rows.height else "days on treatment"
    longest = max([FEWEST_DAYS_DRAWN, *rows["days_q3"].drop_nulls().to_list()])
    figure.update_xaxes(
        title_text=words.sentence_case(measure), range=[-0.02 * longest, 1.05 * longest]
    )
    # Room above the first mark for its number.
    figure.update_yaxes(
        range=[len(order) - 0.5, -0.8],
        categoryorder="array",
        categoryarray=list(order.values()),
    )
    return styled(
        figure,
        title="How long does it last?"
        if measure == "days on treatment"
        else "How long until the next line starts?",
        note="Mark: median; bar: the middle half. The shortest and the longest are one person's "
        "and are not told.",
        height=80 + 46 * max(1, len(order)),
    )


def persistence_curves(persistence: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """The share still on a treatment after so many days, of those followed so long."""
    rows = persistence.sort("days_after_start")
    shown = rows.drop_nulls("share_persistent")["treatment"]
    at_start = rows.filter((pl.col("days_after_start") == 0) & pl.col("treatment").is_in(shown))
    order = _by_people(at_start, "n_people_followed")
    figure = go.Figure()
    for place, (treatment, said) in enumerate(order.items()):
        here = rows.filter(pl.col("treatment") == treatment)
        figure.add_trace(
            go.Scatter(
                x=here["days_after_start"].to_list(),
                y=here["share_persistent"].to_list(),
                name=said.replace("<br>", " "),
                mode="lines+markers",
                connectgaps=False,
                line={
                    "color": mixed_colour(colours, treatment),
                    "width": 2.5,
                    "dash": DASHES[place % len(DASHES)],
                },
                marker={"symbol": MARKS[place % len(MARKS)], "size": 9},
                customdata=here.select("n_people_persistent", "n_people_followed").rows(),
                hovertemplate=f"{words.step(treatment)}, day %{{x}}: %{{y:.1%}}<br>"
                "%{customdata[0]:,} of %{customdata[1]:,} followed so long<extra></extra>",
            )
        )
    figure.update_xaxes(title_text="Days since the start of the line", tickvals=[0, 90, 180, 365])
    figure.update_yaxes(title_text="Still on it", tickformat=".0%", range=[-0.02, 1.04])
    return styled(
        figure,
        title="Who is still on the treatment?",
        note="Of the people who are followed for so many days. Counted on the marked days only; a "
        "line has a gap where a day is withheld.",
        height=380,
        legend=True,
    )


def _by_people(rows: pl.DataFrame, counted: str = "n_people") -> dict[str, str]:
    """Each treatment with its name and n for an axis, the most frequent first, others last."""
    in_order = rows.sort(
        pl.col("treatment") == "Other treatments",
        -pl.col(counted).fill_null(-1),
        "treatment",
    )
    return {
        str(row["treatment"]): f"{shortened(words.step(str(row['treatment'])), 30)}<br>"
        f"n = {amounts.count(row[counted])}"
        for row in in_order.iter_rows(named=True)
    }
