"""How every figure looks: quiet axes, a title that speaks, room for long names."""

import textwrap

import plotly.graph_objects as go

from dashboards.palette import FAINT, INK, LINE, QUIET, SURFACE

FONT = '"Source Sans", "Source Sans Pro", sans-serif'


def styled(
    figure: go.Figure, *, title: str, note: str = "", height: int = 380, legend: bool = False
) -> go.Figure:
    """Give the figure its title, a quiet note under it, and the look of the house.

    `height` is that of the drawing; title, note and legend get their own room above it.
    """
    quiet = wrapped(note, 135)
    above = 44 + (20 * (1 + quiet.count("<br>")) if note else 0)
    top = above + (34 if legend else 8)
    figure.update_layout(
        title={
            "text": f"<b>{title}</b>",
            "subtitle": {"text": quiet, "font": {"size": 13, "color": QUIET}},
            "x": 0,
            "xref": "container",
            "y": 1 - 26 / (height + top),
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": 17, "color": INK},
        },
        margin={"l": 8, "r": 16, "t": top, "b": 8},
        height=height + top,
        font={"family": FONT, "size": 14, "color": INK},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        hoverlabel={"font": {"family": FONT, "size": 13}, "bgcolor": SURFACE, "bordercolor": LINE},
        showlegend=legend,
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 1 - above / (height + top),
            "yref": "container",
            "yanchor": "top",
            "xanchor": "left",
        },
        dragmode=False,
    )
    axis = {
        "gridcolor": FAINT,
        "linecolor": LINE,
        "zerolinecolor": LINE,
        "automargin": True,
        "tickfont": {"size": 13},
        "title": {"font": {"size": 13, "color": QUIET}, "standoff": 10},
    }
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def shortened(text: str, width: int, lines: int = 2) -> str:
    """The text broken into at most `lines` lines, the rest left to the pointer's label."""
    parts = textwrap.wrap(text, width, max_lines=lines, placeholder=" …", break_long_words=False)
    return "<br>".join(parts) or text


def wrapped(text: str, width: int) -> str:
    """The text broken into lines for a figure."""
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False)) or text
