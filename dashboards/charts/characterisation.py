"""How far groups lie apart: the characteristics that differ most, in standard deviations."""

import plotly.graph_objects as go
import polars as pl

from dashboards import answers, words
from dashboards.charts.look import shortened, styled
from dashboards.palette import EVENT_COLOURS, LINE, PRIMARY

MOST_SHOWN = 15
WORTH_A_LOOK = 0.1
MARKS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "hexagon", "x")


def differing(described: pl.DataFrame) -> pl.DataFrame:
    """One row for each characteristic and group with a difference, of those that differ most."""
    rows = described.filter(pl.col("standardised_difference").is_not_null())
    largest = (
        rows.group_by("covariate_id")
        .agg(largest=pl.col("standardised_difference").abs().max())
        .sort("largest", "covariate_id", descending=[True, False])
        .head(MOST_SHOWN)
    )
    return rows.join(largest, on="covariate_id", how="inner").sort(
        "largest", "covariate_id", "group_name", descending=[True, False, False]
    )


def standardised_differences(described: pl.DataFrame) -> go.Figure:
    """A mark for each group, with what rounding leaves open, and lines at 0.1 either way."""
    rows = differing(described)
    names = {
        number: shortened(str(name), 52)
        for number, name in rows.select("covariate_id", "characteristic").unique().iter_rows()
    }
    order = [names[number] for number in rows["covariate_id"].unique(maintain_order=True)]
    attribute = str(rows["attribute"].to_list()[0])
    groups = words.ordered_groups(attribute, rows["group_name"].to_list())
    colours = (PRIMARY, *EVENT_COLOURS[1:])  # the first of these is too like our own blue
    figure = go.Figure()
    for place, group in enumerate(groups):
        of_group = rows.filter(pl.col("group_name") == group)
        value = of_group["standardised_difference"]
        figure.add_trace(
            go.Scatter(
                x=value.to_list(),
                y=[names[number] for number in of_group["covariate_id"]],
                name=group,
                mode="markers",
                marker={
                    "color": colours[place % len(colours)],
                    "symbol": MARKS[place % len(MARKS)],
                    "size": 9,
                },
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": (of_group["standardised_difference_upper"] - value).to_list(),
                    "arrayminus": (value - of_group["standardised_difference_lower"]).to_list(),
                    "color": colours[place % len(colours)],
                    "thickness": 1.2,
                    "width": 3,
                },
                hovertemplate=f"%{{y}}<br>{group}: %{{x:+.2f}}<extra></extra>",
            )
        )
    for limit in (-WORTH_A_LOOK, WORTH_A_LOOK):
        figure.add_vline(x=limit, line={"color": LINE, "dash": "dot", "width": 1})
    figure.update_xaxes(title_text="Standardised mean difference", zeroline=True)
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=order)
    reference = str(rows["reference_group"].to_list()[0])
    return styled(
        figure,
        title=f"How far from “{reference}”?",
        note=answers.DIFFERENCE_NOTE,
        height=60 + 34 * len(order),
        legend=len(groups) > 1,
    )
