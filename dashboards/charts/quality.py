"""Which checks of the CDM are broken, and by how much."""

import plotly.graph_objects as go
import polars as pl

from dashboards import amounts
from dashboards.charts.look import shortened, styled, wrapped
from dashboards.palette import ALARM, INK, PRIMARY

CHECKS_SHOWN = 8


def breach_shares(breaches: pl.DataFrame) -> go.Figure:
    """Share of rows that break each rule, the largest first, beside the share that stops a run.

    The rule stands above its bar, so that a narrow screen shows both.
    """
    rows = (
        breaches.drop_nulls("share")
        .sort("share", "check_id", descending=[True, False])
        .head(CHECKS_SHOWN)
    )
    shares = rows["share"].to_list()
    limits = rows["limit_share"].to_list()
    is_over = rows["is_past_limit"].fill_null(value=False).to_list()
    texts = [
        amounts.share(share) + ("  past the limit" if over else "")
        for share, over in zip(shares, is_over, strict=True)
    ]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=rows["check_id"].to_list(),
            orientation="h",
            name="Share of rows",
            marker={"color": [ALARM if over else PRIMARY for over in is_over]},
            text=[f" {text}" for text in texts],
            textposition="outside",
            cliponaxis=False,
            customdata=_hovers(rows),
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    _add_limits(figure, rows)
    for row in rows.iter_rows(named=True):
        figure.add_annotation(
            text=shortened(f"{row['table_name']}: {row['rule']}", 60, lines=1),
            x=0,
            y=row["check_id"],
            xanchor="left",
            yshift=21,
            showarrow=False,
            font={"size": 13},
        )
    figure.update_yaxes(autorange="reversed", type="category", showticklabels=False, showgrid=False)
    largest = max([0.01, *shares, *(limit for limit in limits if limit is not None)])
    figure.update_xaxes(
        title_text="Share of the rows looked at", tickformat="~%", range=[0, 1.35 * largest]
    )
    if largest > 0.5:
        figure.update_xaxes(tickvals=[0, 0.25, 0.5, 0.75, 1])
    left_out = breaches.drop_nulls("share").height - rows.height
    return styled(
        figure,
        title="How large are the row breaches?",
        note=f"The {rows.height} largest of {rows.height + left_out}." if left_out else "",
        legend=any(limit is not None for limit in limits),
        height=50 + 52 * rows.height,
    ).update_layout(bargap=0.62)


def _hovers(rows: pl.DataFrame) -> list[str]:
    columns = ("rule", "share", "n_violated", "n_rows")
    return [
        f"{wrapped(rule, 70)}<br>{amounts.share(share)}: {amounts.count(n_violated)} of "
        f"{amounts.count(n_rows)} rows"
        for rule, share, n_violated, n_rows in rows.select(columns).iter_rows()
    ]


def _add_limits(figure: go.Figure, rows: pl.DataFrame) -> None:
    with_limit = rows.drop_nulls("limit_share")
    if with_limit.height:
        figure.add_trace(
            go.Scatter(
                x=with_limit["limit_share"].to_list(),
                y=with_limit["check_id"].to_list(),
                mode="markers",
                name="Share that stops a run",
                marker={"symbol": "line-ns-open", "size": 20, "color": INK, "line": {"width": 2}},
                hovertemplate="limit %{x:.1%}<extra></extra>",
            )
        )
