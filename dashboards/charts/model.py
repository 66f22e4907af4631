"""Is the risk right, is it worth acting on, and what moves it?"""

import plotly.graph_objects as go
import polars as pl

from dashboards import amounts, words
from dashboards.charts.look import shortened, styled
from dashboards.palette import (
    INK,
    MODEL_COLOURS,
    MODEL_DASHES,
    PRIMARY,
    PRIMARY_FAINT,
    QUIET,
)

DRIVERS_SHOWN = 15


def calibration_curve(bins: pl.DataFrame, model_name: str) -> go.Figure:
    """Outcome rate against mean predicted risk, bin by bin, with the interval of each rate."""
    rows = bins.filter(pl.col("model_name") == model_name)
    shown = rows.drop_nulls(["mean_risk", "outcome_rate"])
    largest = max(
        [*shown["mean_risk"].to_list(), *shown["outcome_rate_upper"].drop_nulls().to_list()],
        default=1.0,
    )
    figure = go.Figure(
        go.Scatter(
            x=[0, largest],
            y=[0, largest],
            mode="lines",
            name="Risk equals rate",
            line={"color": QUIET, "width": 1, "dash": "dash"},
            hoverinfo="skip",
        )
    )
    rates = shown["outcome_rate"].to_list()
    figure.add_trace(
        go.Scatter(
            x=shown["mean_risk"].to_list(),
            y=rates,
            mode="lines+markers",
            name=f"{words.model(model_name)} (95 % interval)",
            line={"color": PRIMARY, "width": 1.5},
            marker={"size": 9, "color": PRIMARY},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": _gaps(shown["outcome_rate_upper"].to_list(), rates),
                "arrayminus": _gaps(rates, shown["outcome_rate_lower"].to_list()),
                "color": PRIMARY,
                "thickness": 1.2,
                "width": 4,
            },
            customdata=shown.select("n_people", "n_people_with_outcome").rows(),
            hovertemplate="risk %{x:.1%}, seen %{y:.1%}<br>n = %{customdata[0]} people, "
            "%{customdata[1]} with the outcome<extra></extra>",
        )
    )
    figure.update_xaxes(
        title_text="Mean predicted risk", tickformat=".2~%", range=[0, 1.04 * largest]
    )
    figure.update_yaxes(title_text="Outcome rate", tickformat=".2~%", range=[0, 1.04 * largest])
    n_people = _sum_of(rows["n_people"].to_list())
    withheld = rows.height - shown.height
    n_bins = f"{shown.height} {'bin' if shown.height == 1 else 'bins'}"
    note = f"n = {amounts.count(n_people)} people in {n_bins}, a person once in each."
    if withheld:
        note += (
            f" {withheld} {'bin holds' if withheld == 1 else 'bins hold'} too few people to show."
        )
    return styled(
        figure, title="Do as many have the outcome as the model says?", note=note, legend=True
    )


def decision_curve(curve: pl.DataFrame) -> go.Figure:
    """Net benefit by threshold for each model, beside acting for everyone and for nobody."""
    names = [name for name in words.MODELS if name in curve["model_name"].to_list()]
    figure = go.Figure()
    main = curve.filter(pl.col("model_name") == names[0]).drop_nulls("net_benefit_lower")
    thresholds = main["threshold"].to_list()
    figure.add_trace(
        go.Scatter(
            x=thresholds + thresholds[::-1],
            y=main["net_benefit_upper"].to_list() + main["net_benefit_lower"].to_list()[::-1],
            fill="toself",
            fillcolor=PRIMARY_FAINT,
            mode="lines",
            line={"width": 0},
            name="95 % interval",
            hoverinfo="skip",
        )
    )
    for name in names:
        # A line joins the thresholds that are shown; between them some may be withheld.
        rows = curve.filter(pl.col("model_name") == name).drop_nulls("net_benefit")
        figure.add_trace(
            _line(rows, "net_benefit", words.model(name), MODEL_COLOURS[name], MODEL_DASHES[name])
        )
    everyone = curve.filter(pl.col("model_name") == names[0])
    figure.add_trace(_line(everyone, "net_benefit_treat_all", "Act for everyone", INK, "dashdot"))
    figure.add_hline(y=0, line={"color": QUIET, "width": 1})
    figure.add_annotation(
        x=1, xref="paper", y=0, text="act for nobody", showarrow=False, yshift=9, xanchor="right",
        font={"size": 12, "color": QUIET},
    )  # fmt: skip
    highest = max(
        [
            0.001,
            *(
                value
                for column in ("net_benefit", "net_benefit_upper", "net_benefit_treat_all")
                for value in curve[column].drop_nulls().to_list()
            ),
        ]
    )
    furthest = max(curve.drop_nulls("net_benefit")["threshold"].to_list(), default=1.0)
    figure.update_xaxes(
        title_text="Threshold: the risk above which we act",
        tickformat=".0%",
        range=[0, 1.05 * furthest],
    )
    figure.update_yaxes(
        title_text="Net benefit (true alarms for each index date)",
        range=[-0.35 * highest, 1.1 * highest],
    )
    return styled(
        figure,
        title="At which thresholds does acting on the risk beat acting for everyone or nobody?",
        note=f"{_resting_on(main)}Higher is better: follow the line that lies highest at your "
        "threshold.",
        legend=True,
    )


def what_drives(importance: pl.DataFrame, model_name: str) -> go.Figure:
    """The covariates that move the risk most, largest first, with the people who have each."""
    rows = (
        importance.filter(pl.col("model_name") == model_name)
        .drop_nulls("mean_absolute_contribution")
        .sort("covariate_rank")
        .head(DRIVERS_SHOWN)
    )
    names = [str(rank) for rank in rows["covariate_rank"].to_list()]
    figure = go.Figure(
        go.Bar(
            x=rows["mean_absolute_contribution"].to_list(),
            y=names,
            orientation="h",
            marker={"color": PRIMARY},
            text=[f"n = {amounts.count(number)}" for number in rows["n_people"].to_list()],
            textposition="outside",
            textfont={"color": QUIET, "size": 12},
            cliponaxis=False,
            customdata=rows.select("covariate_name", "domain").rows(),
            hovertemplate="%{customdata[0]} (%{customdata[1]})<br>%{x:.3f}, %{text}<extra></extra>",
        )
    )
    labels = [shortened(words.sentence_case(name), 60) for name in rows["covariate_name"].to_list()]
    figure.update_yaxes(
        autorange="reversed", type="category", tickvals=names, ticktext=labels, showgrid=False
    )
    largest = max(rows["mean_absolute_contribution"].to_list(), default=1.0)
    figure.update_xaxes(
        title_text="Mean absolute contribution to the risk (log-odds)", range=[0, 1.15 * largest]
    )
    return styled(
        figure,
        title="What moves the risk most?",
        note="n = people in whom the covariate is not zero, rounded. "
        "A driver of the risk is not a cause.",
        height=70 + 38 * rows.height,
    ).update_layout(bargap=0.4)


def _resting_on(rows: pl.DataFrame) -> str:
    if rows.is_empty():
        return ""
    first = rows.row(0, named=True)
    n_with = amounts.count(first["n_people_with_outcome"])
    return f"n = {amounts.people(first['n_people'])}, {n_with} with the outcome. "


def _line(rows: pl.DataFrame, column: str, name: str, colour: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=rows["threshold"].to_list(),
        y=rows[column].to_list(),
        mode="lines",
        name=name,
        line={"color": colour, "width": 2, "dash": dash},
        customdata=[amounts.count(number) for number in rows["n_flagged_people"].to_list()],
        hovertemplate=f"{name}<br>threshold %{{x:.0%}}: %{{y:.4f}}"
        "<br>%{customdata} people flagged<extra></extra>",
    )


def _gaps(upper: list[float | None], lower: list[float | None]) -> list[float]:
    return [
        0.0 if high is None or low is None else max(0.0, high - low)
        for high, low in zip(upper, lower, strict=True)
    ]


def _sum_of(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
