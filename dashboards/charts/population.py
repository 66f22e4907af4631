"""Who remains after each rule, and who they are."""

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from dashboards import amounts, words
from dashboards.charts.look import styled, wrapped
from dashboards.palette import LINE, PRIMARY, QUIET, SURFACE

PROFILED = ("sex", "age_band", "race", "ethnicity")


def attrition_bars(attrition: pl.DataFrame) -> go.Figure:
    """People who remain after each applied rule, as bars from the first rule down."""
    rules = attrition.filter(pl.col("is_applied"))
    people = rules["n_people"].to_list()
    before = [None, *people[:-1]]
    figure = go.Figure(
        go.Bar(
            y=[f"{number}" for number in rules["step_number"].to_list()],
            x=[number or 0 for number in people],
            orientation="h",
            marker={"color": PRIMARY},
            text=[_remain(now, then) for now, then in zip(people, before, strict=True)],
            textposition="outside",
            cliponaxis=False,
            customdata=rules["rule"].to_list(),
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=[f"{number}" for number in rules["step_number"].to_list()],
        ticktext=[wrapped(rule, 44) for rule in rules["rule"].to_list()],
        type="category",
        showgrid=False,
    )
    largest = max((number or 0 for number in people), default=1)
    figure.update_xaxes(title_text="People who remain", range=[0, 1.25 * largest], tickformat=",")
    figure = styled(
        figure, title="How many people does each rule leave?", height=90 + 54 * rules.height
    )
    return figure.update_layout(bargap=0.45)


def profile_bars(profile: pl.DataFrame) -> go.Figure:
    """People and outcome rate by group, one block for each attribute, groups in fixed order."""
    blocks = [
        (attribute, rows)
        for attribute in PROFILED
        if not (rows := profile.filter(pl.col("attribute") == attribute)).is_empty()
    ]
    heights = [rows.height for _, rows in blocks]
    figure = make_subplots(
        rows=len(blocks),
        cols=2,
        shared_yaxes=True,
        shared_xaxes="columns",
        horizontal_spacing=0.04,
        vertical_spacing=0.035,
        row_heights=heights,
        column_widths=[0.6, 0.4],
    )
    for place, (attribute, rows) in enumerate(blocks, start=1):
        _add_block(figure, place, attribute, rows)
    rates = [rate for _, rows in blocks for rate in rows["outcome_rate"].drop_nulls().to_list()]
    counts = [number for _, rows in blocks for number in rows["n_people"].drop_nulls().to_list()]
    figure.update_xaxes(tickformat=",", range=[0, 1.18 * max(counts, default=1)], col=1)
    figure.update_xaxes(
        tickformat=".2~%", range=[0, 1.35 * max([0.001, *rates])], rangemode="tozero", col=2
    )
    last = len(blocks)
    figure.update_xaxes(title_text="People", row=last, col=1)
    figure.update_xaxes(title_text="Share of index dates with the outcome", row=last, col=2)
    everyone = profile.filter(pl.col("attribute") == "overall")
    n_people = everyone["n_people"].to_list()[0] if everyone.height else None
    return styled(
        figure,
        title="Who are they, and in which groups is the outcome more frequent?",
        note=f"n = {amounts.people(n_people)}. A person with several index dates can be in several "
        "age bands. Rates have no interval here; small groups vary by chance.",
        height=70 + 34 * sum(heights) + 20 * len(blocks),
    ).update_layout(bargap=0.4)


def _add_block(figure: go.Figure, place: int, attribute: str, rows: pl.DataFrame) -> None:
    by_name = {str(row["group_name"]): row for row in rows.iter_rows(named=True)}
    groups = words.ordered_groups(attribute, by_name)
    people = [by_name[group]["n_people"] for group in groups]
    rates = [by_name[group]["outcome_rate"] for group in groups]
    figure.add_trace(
        go.Bar(
            x=[number or 0 for number in people],
            y=groups,
            orientation="h",
            marker={"color": PRIMARY},
            text=[
                amounts.count(number) if number is not None else "too few to show"
                for number in people
            ],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text} people<extra></extra>",
        ),
        row=place,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=rates,
            y=groups,
            mode="markers+text",
            marker={"color": PRIMARY, "size": 10, "line": {"color": SURFACE, "width": 1}},
            text=[amounts.share(rate) if rate is not None else "" for rate in rates],
            textposition="middle right",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        ),
        row=place,
        col=2,
    )
    withheld = [group for group, rate in zip(groups, rates, strict=True) if rate is None]
    figure.add_trace(
        go.Scatter(
            x=[0.0 for _ in withheld],
            y=withheld,
            mode="text",
            text=[f" {amounts.WITHHELD}" for _ in withheld],
            textposition="middle right",
            textfont={"color": QUIET, "size": 12},
            hoverinfo="skip",
        ),
        row=place,
        col=2,
    )
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, row=place)
    figure.update_yaxes(
        title={"text": words.ATTRIBUTES[attribute], "font": {"color": QUIET}}, row=place, col=1
    )
    figure.update_yaxes(linecolor=LINE, row=place, col=1)


def _remain(now: int | None, then: int | None) -> str:
    if now is None:
        return amounts.WITHHELD
    removed = (
        "" if then is None else f"  (−{then - now:,})" if then != now else "  (nobody removed)"
    )
    return f"{now:,}{removed}"
