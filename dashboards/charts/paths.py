"""Which treatments follow which: rings from the centre outwards, and flows from left to right.

Both figures add up published rows only: paths too rare to show are in neither.
"""

from collections.abc import Mapping
from typing import cast

import plotly.graph_objects as go
import polars as pl

from dashboards import amounts, words
from dashboards.charts.look import styled
from dashboards.palette import INK, QUIET, SURFACE, mixed_colour, striped, text_of_step

EVERYONE = "Everyone shown"
STEPS_IN_FLOW = 4

Node = tuple[int, str]
Flows = Mapping[tuple[Node, Node], int]


def path_rings(paths: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """A sunburst: the inner ring is the first step, each ring outwards the next one.

    A combination is striped in the colours of its parts.
    """
    people = _people_by_prefix(paths)
    prefixes = list(people)
    total = _total(paths, people[()])
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
            marker=_ring_marker(colours, prefixes),
            leaf={"opacity": 1},
            rotation=90,
            insidetextorientation="auto",
            text=[
                "" if not prefix else f"{people[prefix]:,} ({people[prefix] / total:.0%})"
                for prefix in prefixes
            ],
            textinfo="label+text",
            insidetextfont=_ring_text(colours, prefixes),
            customdata=[
                [
                    " → ".join(_step(step) for step in prefix) or EVERYONE,
                    f"{people[prefix] / total:.1%}",
                ]
                for prefix in prefixes
            ],
            hovertemplate="%{customdata[0]}<br>%{value:,} people, %{customdata[1]} of "
            f"{total:,}<extra></extra>",
        )
    )
    return styled(
        figure,
        title="What comes first, and what comes next?",
        note=_note(paths),
        height=620,
    ).update_layout(uniformtext={"minsize": 10, "mode": "hide"})


def _ring_text(colours: Mapping[str, str], prefixes: list[tuple[str, ...]]) -> dict[str, list[str]]:
    fonts = [text_of_step(colours, prefix[-1]) for prefix in prefixes if prefix]
    return {
        "color": [INK, *(font["color"] for font in fonts)],
        "shadow": ["none", *(font["shadow"] for font in fonts)],
    }


def _ring_marker(colours: Mapping[str, str], prefixes: list[tuple[str, ...]]) -> dict[str, object]:
    """Each sector in the fill of its last step; the middle, which is first, in the page's own."""
    fills = [striped(colours, prefix[-1]) for prefix in prefixes if prefix]
    patterns = [cast(Mapping[str, object], fill["pattern"]) for fill in fills]
    return {
        "colors": [SURFACE, *(fill["color"] for fill in fills)],
        "pattern": {
            "shape": ["", *(pattern["shape"] for pattern in patterns)],
            "bgcolor": [SURFACE, *(pattern.get("bgcolor", SURFACE) for pattern in patterns)],
            "fgcolor": [SURFACE, *(pattern.get("fgcolor", SURFACE) for pattern in patterns)],
            "size": 9,
            "solidity": 0.45,
        },
        "line": {"color": SURFACE, "width": 1.5},
    }


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
    start = sum(number for (source, _), number in flows.items() if source[0] == 0)
    total = _total(paths, start)
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
                "label": [
                    f"{_step(name)}<br>{into.get((place, name), start):,} "
                    f"({into.get((place, name), start) / total:.0%})"
                    for place, name in nodes
                ],
                "color": [mixed_colour(colours, name) if place else QUIET for place, name in nodes],
                "line": {"color": SURFACE, "width": 0.5},
                "pad": 26,
                "thickness": 16,
                "customdata": [_step(name) for _, name in nodes],
                "hovertemplate": "%{customdata}: %{value:,} people<extra></extra>",
            },
            link={
                "source": [at[source] for source, _ in flows],
                "target": [at[target] for _, target in flows],
                "value": list(flows.values()),
                "color": [_pale(mixed_colour(colours, target[1])) for _, target in flows],
                "hovertemplate": "%{source.customdata} → %{target.customdata}: %{value:,} people"
                "<extra></extra>",
            },
            textfont={"color": INK, "size": 13},
        )
    )
    figure.update_traces(domain={"y": [0.03, 1]})
    return styled(
        figure,
        title="Where do people go after each step?",
        note=f"Columns are steps 1 to {STEPS_IN_FLOW}; a flow that ends had no further step. "
        f"{_note(paths)}",
        height=max(430, 46 * max(sum(node[0] == place for node in nodes) for place, _ in nodes)),
    )


def _people_by_prefix(paths: pl.DataFrame) -> dict[tuple[str, ...], int]:
    people: dict[tuple[str, ...], int] = {(): 0}
    for pathway, number in paths.select("pathway", "n_people").drop_nulls().iter_rows():
        steps = tuple(str(pathway).split("-"))
        for length in range(len(steps) + 1):
            people[steps[:length]] = people.get(steps[:length], 0) + number
    return people


def _total(paths: pl.DataFrame, otherwise: int) -> int:
    """Of how many the shares are: the whole target, or those shown where it is withheld."""
    totals = paths["n_people_total"].drop_nulls().to_list()
    return int(totals[0]) if totals else max(otherwise, 1)


def _note(paths: pl.DataFrame) -> str:
    withheld = paths["n_people"].null_count()
    shown = int(paths["n_people"].sum())
    said = f"n = {amounts.people(shown)}; shares are of {amounts.people(_total(paths, shown))}."
    if "Other pathways" in paths["pathway"].to_list():
        said += " Rarer paths are together in “other pathways”, whatever they begin with."
    return f"{said} {withheld} paths are withheld and not drawn." if withheld else said


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
