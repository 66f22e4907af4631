"""How every figure looks: quiet axes, a title that speaks, room for long names."""

import textwrap

import plotly.graph_objects as go

from dashboards.palette import FAINT, INK, LINE, QUIET, SURFACE

FONT = '"Source Sans", "Source Sans Pro", sans-serif'


def styled(figure: go.Figure, *, title: str, note: str = "", height: int = 380) -> go.Figure:
    """Give the figure its title, a quiet line under it, and the look of the house."""
    heading = f"<b>{wrapped(title, 95)}</b>"
    if note:
        heading += f"<br><span style='font-size:13px;color:{QUIET}'>{wrapped(note, 125)}</span>"
    n_lines = heading.count("<br>") + 1
    figure.update_layout(
        title={
            "text": heading,
            "x": 0,
            "xanchor": "left",
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 8, "l": 2},
            "font": {"size": 17, "color": INK},
        },
        margin={"l": 8, "r": 16, "t": 28 + 21 * n_lines, "b": 8},
        height=height + 21 * n_lines,
        font={"family": FONT, "size": 14, "color": INK},
        paper_bgcolor=SURFACE,
        plot_bgcolor=SURFACE,
        hoverlabel={"font": {"family": FONT, "size": 13}, "bgcolor": SURFACE, "bordercolor": LINE},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "xanchor": "left"},
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


def wrapped(text: str, width: int) -> str:
    """The text broken into lines for a figure."""
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False)) or text
