"""What is recorded of each group beside others, and from year to year."""

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboards import amounts, words
from dashboards.charts.look import shortened, styled
from dashboards.palette import ALARM, FAINT, PRIMARY, QUIET, SURFACE

ALIKE = (0.8, 1.25)
APART = ("less than others", "more than others")
JUMPS = ("jump down", "jump up")
SIGNS = {"less than others": "▼ ", "more than others": "▲ "}


def recording_beside_others(rows: pl.DataFrame, attribute: str) -> go.Figure:
    """A table of ratios: a line for each group, a column for each kind of record.

    Cells that are told apart from others are coloured and carry a sign.
    """
    rates = rows.filter(pl.col("attribute") == attribute, pl.col("section") == "Density")
    measures = sorted(set(rates["title"]))
    groups = words.ordered_groups(attribute, rates["group_name"].to_list())
    of = {(row["group_name"], row["title"]): row for row in rates.iter_rows(named=True)}
    cells = [[of.get((group, measure)) for measure in measures] for group in groups]
    figure = go.Figure(
        go.Heatmap(
            x=[shortened(measure.removesuffix(" records"), 14) for measure in measures],
            y=groups,
            z=[[_shade(cell) for cell in line] for line in cells],
            text=[[_said(cell) for cell in line] for line in cells],
            customdata=[[_hover(cell) for cell in line] for line in cells],
            texttemplate="%{text}",
            hovertemplate="%{y}, %{x}: %{customdata}<extra></extra>",
            colorscale=[[0.0, ALARM], [0.5, FAINT], [1.0, PRIMARY]],
            zmin=-1,
            zmax=1,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return styled(
        figure,
        title="Records a person-year, times those of others",
        note="1.0: as others of the same age and sex.<br>"
        "▼ ▲: beyond 0.8 or 1.25 times, and beyond chance.",
        height=60 + 40 * len(groups),
    )


def _shade(cell: dict[str, object] | None) -> float:
    if cell is None or cell["verdict"] not in APART:
        return 0.0
    return -0.75 if cell["verdict"] == "less than others" else 0.75


def _said(cell: dict[str, object] | None) -> str:
    if cell is None:
        return "–"
    ratio = amounts.number(cell["ratio"])
    if ratio is None:
        return amounts.WITHHELD if cell["is_suppressed"] else "–"
    return f"{SIGNS.get(str(cell['verdict']), '')}{ratio:.2f}"


def _hover(cell: dict[str, object] | None) -> str:
    ratio = None if cell is None else amounts.number(cell["ratio"])
    if cell is None or ratio is None:
        return "nothing to show"
    value, others = amounts.number(cell["value"]), amounts.number(cell["value_of_others"])
    lower, upper = amounts.number(cell["ratio_lower"]), amounts.number(cell["ratio_upper"])
    span = "" if lower is None or upper is None else f" ({lower:.2f} to {upper:.2f})"
    return (
        f"{ratio:.2f}{span} times others; {value or 0:.2f} a person-year, "
        f"others {others or 0:.2f}; "
        f"{cell['size']} people; {cell['verdict']}"
    )


def recording_over_time(rows: pl.DataFrame) -> go.Figure:
    """Records a person-year by calendar year, one small chart for each kind; jumps are marked."""
    rates = rows.filter(pl.col("section") == "Density").sort("calendar_year")
    measures = sorted(set(rates["title"]))
    figure = make_subplots(
        rows=-(-len(measures) // 2),
        cols=2,
        shared_xaxes=True,
        subplot_titles=measures,
        horizontal_spacing=0.09,
        vertical_spacing=0.12,
    )
    for place, measure in enumerate(measures):
        of = rates.filter(pl.col("title") == measure)
        is_jump = [verdict in JUMPS for verdict in of["verdict"].to_list()]
        where = {"row": place // 2 + 1, "col": place % 2 + 1}
        figure.add_trace(
            go.Scatter(
                x=of["calendar_year"].to_list(),
                y=of["value"].to_list(),
                mode="lines+markers",
                line={"color": PRIMARY, "width": 2},
                marker={
                    "color": [ALARM if jump else PRIMARY for jump in is_jump],
                    "symbol": ["diamond" if jump else "circle" for jump in is_jump],
                    "size": [13 if jump else 7 for jump in is_jump],
                    "line": {"color": SURFACE, "width": 1},
                },
                customdata=of.select("size", "verdict").rows(),
                hovertemplate="%{x}: %{y:.2f} a person-year, %{customdata[0]} people, "
                "%{customdata[1]}<extra></extra>",
                showlegend=False,
            ),
            **where,
        )
        figure.update_yaxes(rangemode="tozero", **where)
        figure.update_xaxes(dtick=1 if of.height <= 12 else None, tickformat="d", **where)
    figure.update_annotations(font={"size": 13, "color": QUIET})
    look = styled(
        figure,
        title="Records a person-year, by calendar year",
        note="A diamond marks a jump from the year before. People<br>"
        "count from the first full year after they were first observed.",
        height=60 + 150 * (-(-len(measures) // 2)),
    )
    # Room for the small titles above the first line of charts.
    return look.update_layout(margin_t=look.layout.margin.t + 24)
