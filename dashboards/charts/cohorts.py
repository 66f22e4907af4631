"""How many people enter a cohort for the first time, by year, age and sex."""

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboards import amounts, answers, words
from dashboards.charts.look import styled
from dashboards.palette import LINE, PRIMARY, QUIET

COUNTED_BY = {"calendar_year": "Year", "age_band": "Age in that year", "sex": "Sex"}


def incidence_by_group(incidence: pl.DataFrame) -> go.Figure:
    """First entries for 1,000 person-years with their interval, one block for each attribute."""
    blocks = [
        (attribute, rows)
        for attribute in COUNTED_BY
        if not (rows := incidence.filter(pl.col("attribute") == attribute)).is_empty()
    ]
    heights = [rows.height for _, rows in blocks]
    figure = make_subplots(
        rows=len(blocks), cols=1, shared_xaxes=True, vertical_spacing=0.04, row_heights=heights
    )
    for place, (attribute, rows) in enumerate(blocks, start=1):
        _add_block(figure, place, attribute, rows)
    shown = incidence.filter(pl.col("attribute").is_in(list(COUNTED_BY)), pl.col("n_cases") > 0)
    largest = max([0.1, *shown["cases_per_1000_years_upper"].drop_nulls().to_list()])
    figure.update_xaxes(range=[0, 1.3 * largest], rangemode="tozero", tickformat=",")
    figure.update_xaxes(title_text="First entries for 1,000 person-years", row=len(blocks), col=1)
    return styled(
        figure,
        title="In which years and groups do people enter?",
        note=answers.incidence(incidence),
        height=70 + 30 * sum(heights) + 20 * len(blocks),
    )


def _add_block(figure: go.Figure, place: int, attribute: str, rows: pl.DataFrame) -> None:
    by_name = {str(row["group_name"]): row for row in rows.iter_rows(named=True)}
    groups = words.ordered_groups(attribute, by_name)
    in_order = [by_name[group] for group in groups]
    rates = [row["cases_per_1000_years"] for row in in_order]
    figure.add_trace(
        go.Scatter(
            x=rates,
            y=groups,
            mode="markers",
            marker={"color": PRIMARY, "size": 9},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": _reach(in_order, "cases_per_1000_years_upper", 1),
                "arrayminus": _reach(in_order, "cases_per_1000_years_lower", -1),
                "color": PRIMARY,
                "thickness": 1.4,
                "width": 4,
            },
            customdata=[_said(row) for row in in_order],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
            showlegend=False,
        ),
        row=place,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=[
                0.0 if rate is None else _upper(row)
                for rate, row in zip(rates, in_order, strict=True)
            ],
            y=groups,
            mode="text",
            text=[f"  {_said(row)}" for row in in_order],
            textposition="middle right",
            textfont={"color": QUIET, "size": 12},
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        ),
        row=place,
        col=1,
    )
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, row=place)
    figure.update_yaxes(
        title={"text": COUNTED_BY[attribute], "font": {"color": QUIET}},
        linecolor=LINE,
        row=place,
        col=1,
    )


def _upper(row: dict[str, object]) -> float:
    """Where the words of a row begin: behind its interval, or its dot where nobody entered."""
    ends = "cases_per_1000_years_upper" if row["n_cases"] else "cases_per_1000_years"
    return amounts.number(row[ends]) or 0.0


def _reach(rows: list[dict[str, object]], end: str, sign: int) -> list[float]:
    """How far each interval reaches from its rate; not at all where nobody entered."""
    reaches = []
    for row in rows:
        rate, bound = amounts.number(row["cases_per_1000_years"]), amounts.number(row[end])
        is_drawn = rate is not None and bound is not None and row["n_cases"]
        reaches.append(sign * ((bound or 0.0) - (rate or 0.0)) if is_drawn else 0.0)
    return reaches


def _said(row: dict[str, object]) -> str:
    rate = amounts.number(row["cases_per_1000_years"])
    if rate is None:
        return amounts.WITHHELD
    years = amounts.number(row["person_years"]) or 0.0
    return f"{rate:,.1f}: {row['n_cases']:,} in {years:,.0f} person-years"
