"""Which checks of the CDM are broken, and by how much."""

import plotly.graph_objects as go
import polars as pl

from dashboards import words
from dashboards.charts.look import shortened, styled, wrapped
from dashboards.palette import ALARM, INK, PRIMARY

CHECKS_SHOWN = 12


def breach_shares(breaches: pl.DataFrame) -> go.Figure:
    """Share of rows that break each rule, the largest first, beside the share that stops a run."""
    rows = (
        breaches.drop_nulls("share")
        .sort("share", "check_id", descending=[True, False])
        .head(CHECKS_SHOWN)
    )
    names = rows["check_id"].to_list()
    shares = rows["share"].to_list()
    limits = rows["limit_share"].to_list()
    rules = [wrapped(rule, 70) for rule in rows["rule"].to_list()]
    is_over = [
        limit is not None and share > limit for share, limit in zip(shares, limits, strict=True)
    ]
    texts = [
        f"{words.share(share)}: {words.count(n_violated)} of {words.count(n_rows)} rows"
        + ("  (past the limit)" if over else "")
        for share, n_violated, n_rows, over in zip(
            shares, rows["n_violated"].to_list(), rows["n_rows"].to_list(), is_over, strict=True
        )
    ]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=names,
            orientation="h",
            name="Share of rows",
            marker={"color": [ALARM if over else PRIMARY for over in is_over]},
            customdata=[f"{rule}<br>{text}" for rule, text in zip(rules, texts, strict=True)],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[max(share, limit or 0.0) for share, limit in zip(shares, limits, strict=True)],
            y=names,
            mode="text",
            text=[f"  {text}" for text in texts],
            textposition="middle right",
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    )
    with_limit = [
        (limit, name) for limit, name in zip(limits, names, strict=True) if limit is not None
    ]
    if with_limit:
        figure.add_trace(
            go.Scatter(
                x=[limit for limit, _ in with_limit],
                y=[name for _, name in with_limit],
                mode="markers",
                name="Share that stops a run",
                marker={"symbol": "line-ns-open", "size": 20, "color": INK, "line": {"width": 2}},
                hovertemplate="limit %{x:.1%}<extra></extra>",
            )
        )
    said = [
        shortened(f"{table}: {rule}", 56)
        for table, rule in zip(rows["table_name"].to_list(), rows["rule"].to_list(), strict=True)
    ]
    figure.update_yaxes(
        autorange="reversed", type="category", tickvals=names, ticktext=said, showgrid=False
    )
    largest = max([0.01, *shares, *(limit for limit, _ in with_limit)])
    figure.update_xaxes(
        title_text="Share of the rows looked at", tickformat="~%", range=[0, 1.5 * largest]
    )
    if largest > 0.5:
        figure.update_xaxes(tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1])
    return styled(
        figure,
        title="How large are the row breaches?",
        note="n = rows looked at. Structural breaches have no share: they are in the table below.",
        legend=bool(with_limit),
        height=60 + 56 * rows.height,
    ).update_layout(bargap=0.5)
