"""Which treatments follow which: rings from the centre outwards, and flows from left to right.

Both figures add up published rows only: paths too rare to show are in neither.
"""

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from dashboards import words
from dashboards.charts.look import styled
from dashboards.palette import INK, LINE, QUIET, SHADE, SURFACE

EVERYONE = "Everyone shown"
STEPS_IN_FLOW = 4

Node = tuple[int, str]
Flows = Mapping[tuple[Node, Node], int]


def path_rings(paths: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """A sunburst: the inner ring is the first step, each ring outwards the next one."""
    people = _people_by_prefix(paths)
    prefixes = list(people)
    figure = go.Figure(
        go.Sunburst(
            ids=["-".join(prefix) or EVERYONE for prefix in prefixes],
            labels=[
                _step(prefix[-1]) if prefix else f"{people[()]:,}<br>people" for prefix in prefixes
            ],
            parents=[
                "" if not prefix else "-".join(prefix[:-1]) or EVERYONE for prefix in prefixes
            ],
            values=[people[prefix] for prefix in prefixes],
            branchvalues="total",
            marker={
                "colors": [
                    colours.get(prefix[-1], LINE) if prefix else SURFACE for prefix in prefixes
                ],
                "line": {"color": SURFACE, "width": 1.5},
            },
            leaf={"opacity": 1},
            rotation=90,
            insidetextorientation="auto",
            customdata=[
                " → ".join(_step(step) for step in prefix) or EVERYONE for prefix in prefixes
            ],
            hovertemplate="%{customdata}<br>%{value:,} people<extra></extra>",
        )
    )
    return styled(
        figure,
        title="What comes first, and what comes next?",
        note=_note(paths),
        height=560,
    ).update_layout(uniformtext={"minsize": 11, "mode": "hide"})


def path_flow(paths: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """A Sankey diagram: people flow from step to step; where a flow narrows, their path ended."""
    people = {
        prefix: number
        for prefix, number in _people_by_prefix(paths).items()
        if 0 < len(prefix) <= STEPS_IN_FLOW
    }
    flows: dict[tuple[Node, Node], int] = {}
    for prefix, number in people.items():
        place = len(prefix)
        source: Node = (0, EVERYONE) if place == 1 else (place - 1, prefix[-2])
        flow = (source, (place, prefix[-1]))
        flows[flow] = flows.get(flow, 0) + number
    into = _people_into(flows)
    nodes = sorted(
        {node for flow in flows for node in flow},
        key=lambda node: (node[0], -into.get(node, 0), node[1]),
    )
    at = {node: place for place, node in enumerate(nodes)}
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "align": "left",
                "label": [_step(name) for _, name in nodes],
                "color": [colours.get(name, QUIET) for _, name in nodes],
                "line": {"color": SURFACE, "width": 0.5},
                "pad": 16,
                "thickness": 16,
                "hovertemplate": "%{label}: %{value:,} people<extra></extra>",
            },
            link={
                "source": [at[source] for source, _ in flows],
                "target": [at[target] for _, target in flows],
                "value": list(flows.values()),
                "color": [_pale(colours.get(target[1], SHADE)) for _, target in flows],
                "hovertemplate": "%{source.label} → %{target.label}: %{value:,} people"
                "<extra></extra>",
            },
            textfont={"color": INK, "size": 13},
        )
    )
    return styled(
        figure,
        title="Where do people go after each step?",
        note=f"Columns are steps 1 to {STEPS_IN_FLOW}; a flow that ends had no further step. "
        f"{_note(paths)}",
        height=430,
    )


def _people_by_prefix(paths: pl.DataFrame) -> dict[tuple[str, ...], int]:
    people: dict[tuple[str, ...], int] = {(): 0}
    for pathway, number in paths.select("pathway", "n_people").drop_nulls().iter_rows():
        steps = tuple(str(pathway).split("-"))
        for length in range(len(steps) + 1):
            people[steps[:length]] = people.get(steps[:length], 0) + number
    return people


def _note(paths: pl.DataFrame) -> str:
    withheld = paths["n_people"].null_count()
    shown = f"n = {words.people(int(paths['n_people'].sum()))} on {paths.height - withheld} paths."
    return f"{shown} {withheld} rarer paths are left out." if withheld else shown


def _step(name: str) -> str:
    return "no treatment" if name == "None" else words.event(name).replace("+", " + ")


def _people_into(flows: Flows) -> dict[Node, int]:
    into: dict[Node, int] = {}
    for (_, target), number in flows.items():
        into[target] = into.get(target, 0) + number
    return into


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.35)"
