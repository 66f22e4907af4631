"""One metric, every group, each with its interval and the people it rests on."""

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboards import amounts, metrics, words
from dashboards.charts.look import styled
from dashboards.palette import QUIET, VERDICT_COLOURS, VERDICT_MARKS

AUDITED = ("sex", "age_band", "race", "ethnicity")


def metric_by_group(audit: pl.DataFrame, metric_name: str) -> go.Figure:
    """The metric in each group with its 95 % interval, a block for each attribute.

    `audit` has one row for each attribute, group and metric, of one model. Groups too small to
    show keep their place and say so; a dotted line marks everyone.
    """
    rows = audit.filter(pl.col("metric") == metric_name)
    blocks = [
        (attribute, block)
        for attribute in AUDITED
        if not (block := rows.filter(pl.col("attribute") == attribute)).is_empty()
    ]
    heights = [block.height for _, block in blocks] or [1]
    figure = make_subplots(
        rows=max(1, len(blocks)),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.03,
        row_heights=heights,
    )
    shown_in_legend: set[str] = set()
    for place, (attribute, block) in enumerate(blocks, start=1):
        _add_block(figure, place, attribute, block, shown_in_legend)
    everyone = rows.filter(pl.col("attribute") == "overall").drop_nulls("value")
    said = metrics.metric(metric_name)
    note = said.reading
    if everyone.height:
        overall = float(everyone["value"].to_list()[0])
        for place in range(1, len(blocks) + 1):
            figure.add_vline(
                x=overall, line={"color": QUIET, "width": 1, "dash": "dot"}, row=place, col=1
            )
        note += f" Dotted line: everyone ({metrics.value(overall, metric_name)})."
    figure.update_xaxes(tickformat=".0%" if said.is_share else None, showticklabels=False)
    figure.update_xaxes(
        title_text=f"{said.label}, with 95 % interval",
        showticklabels=True,
        row=max(1, len(blocks)),
        col=1,
    )
    return styled(
        figure,
        title=f"{said.label}: is it the same for every group?",
        note=note,
        legend=True,
        height=80 + 34 * sum(heights) + 14 * len(blocks),
    )


def _add_block(
    figure: go.Figure, place: int, attribute: str, block: pl.DataFrame, shown_in_legend: set[str]
) -> None:
    by_name = {str(row["group_name"]): row for row in block.iter_rows(named=True)}
    groups = words.ordered_groups(attribute, by_name)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=groups[::-1],
        range=[-0.6, len(groups) - 0.4],
        tickvals=groups,
        ticktext=[_name_and_n(group, by_name[group]["n_people"]) for group in groups],
        title={"text": words.ATTRIBUTES[attribute], "font": {"color": QUIET, "size": 13}},
        showgrid=True,
        row=place,
        col=1,
    )
    for verdict in VERDICT_MARKS:
        here = [group for group in groups if by_name[group]["verdict"] == verdict]
        here = [group for group in here if by_name[group]["value"] is not None]
        if here:
            figure.add_trace(
                _marks([by_name[group] for group in here], verdict, verdict not in shown_in_legend),
                row=place,
                col=1,
            )
            shown_in_legend.add(verdict)
    hidden = [group for group in groups if by_name[group]["value"] is None]
    for group in hidden:
        figure.add_annotation(
            xref="x domain" if place == 1 else f"x{place} domain",
            x=0.01,
            y=group,
            yref="y" if place == 1 else f"y{place}",
            text=_why_hidden(by_name[group]),
            showarrow=False,
            xanchor="left",
            font={"size": 12, "color": QUIET},
        )
    if len(hidden) == len(groups):
        figure.add_trace(
            go.Scatter(x=[None], y=[groups[0]], showlegend=False, hoverinfo="skip"),
            row=place,
            col=1,
        )


def _marks(rows: list[dict[str, object]], verdict: str, in_legend: bool) -> go.Scatter:
    values = [_known(row["value"]) for row in rows]
    return go.Scatter(
        x=values,
        y=[str(row["group_name"]) for row in rows],
        mode="markers",
        name=words.VERDICTS[verdict],
        legendgroup=verdict,
        showlegend=in_legend,
        marker={
            "symbol": VERDICT_MARKS[verdict],
            "size": 11,
            "color": VERDICT_COLOURS[verdict],
            "line": {"width": 2, "color": VERDICT_COLOURS[verdict]},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_gap(row["value_upper"], row["value"]) for row in rows],
            "arrayminus": [_gap(row["value"], row["value_lower"]) for row in rows],
            "color": VERDICT_COLOURS[verdict],
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[
            (metrics.value_with_interval(row), amounts.count(_whole(row["n_people_with_outcome"])))
            for row in rows
        ],
        hovertemplate="%{y}: %{customdata[0]}<br>%{customdata[1]} people with the outcome"
        f"<br>{words.VERDICTS[verdict]}<extra></extra>",
    )


def _name_and_n(group: str, n_people: int | None) -> str:
    n = "n withheld" if n_people is None else f"n = {n_people:,}"
    return f"{group}  <span style='color:{QUIET};font-size:12px'>{n}</span>"


def _why_hidden(row: dict[str, object]) -> str:
    if row["verdict"] == "too few to show":
        return "too few people to show"
    return "withheld" if row["is_suppressed"] else "not defined in this group"


def _known(number: object) -> float:
    return float(number) if isinstance(number, int | float) else float("nan")


def _whole(number: object) -> int | None:
    return number if isinstance(number, int) else None


def _gap(high: object, low: object) -> float:
    if not isinstance(high, int | float) or not isinstance(low, int | float):
        return 0.0
    return max(0.0, high - low)
