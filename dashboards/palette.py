"""Every colour of the pages, in one place; chosen to be told apart by colour-blind eyes.

Events take Paul Tol's "muted" scheme, models and verdicts three colours of Okabe and Ito. Colour
is never the only signal: marks, dashes or words say the same thing.
"""

import hashlib
from collections.abc import Iterable, Mapping

INK = "#1D2B34"
INK_ON_FILL = "#0B1114"
QUIET = "#5C6F7A"
LINE = "#DCE4E8"
FAINT = "#EDF2F4"
SURFACE = "#FFFFFF"
SHADE = "#F5F8F9"
PRIMARY = "#0F6380"
PRIMARY_FAINT = "rgba(15, 99, 128, 0.14)"
ALARM = "#C4500A"

MODEL_COLOURS = {"xgboost": PRIMARY, "logistic_l1": "#D98B00", "age_and_sex": "#7B8A93"}
MODEL_DASHES = {"xgboost": "solid", "logistic_l1": "dash", "age_and_sex": "dot"}
MODEL_MARKS = {"xgboost": "circle", "logistic_l1": "square", "age_and_sex": "diamond"}

VERDICT_COLOURS = {
    "within limit": PRIMARY,
    "differs as risks do": PRIMARY,
    "disparity": ALARM,
    "too few to judge": QUIET,
    "reference": INK,
    "not judged": PRIMARY,
}
VERDICT_MARKS = {
    "within limit": "circle",
    "differs as risks do": "diamond-open",
    "disparity": "diamond",
    "too few to judge": "circle-open",
    "reference": "square",
    "not judged": "circle-dot",
}

NO_TREATMENT = "#C9D3D8"
OTHER = "#9AA7AE"
EVENT_COLOURS = (
    "#4477AA",
    "#CC6677",
    "#DDCC77",
    "#117733",
    "#88CCEE",
    "#882255",
    "#44AA99",
    "#999933",
    "#AA4499",
    "#332288",
)


FOLLOWING_COLOURS = {
    "ends": "#7E98A4",
    "moves on": "#B7793A",
    "goes on": "#9CB9C6",
    "stops": "#5C6F7A",
    "adds": "#D98B00",
    "reduces": "#F0C36A",
    "switches": "#0F6380",
    "restarts": "#7DB8C9",
    "leaves": "#1D2B34",
}
FOLLOWING_PATTERNS = {
    "ends": ".",
    "moves on": "\\",
    "goes on": "",
    "stops": "x",
    "adds": "+",
    "reduces": "-",
    "switches": "/",
    "restarts": "|",
    "leaves": "",
}
PATTERN_INK = "rgba(255, 255, 255, 0.55)"
RANGE = "#B4C2CA"
OTHERS = ("Other pathways", "Other treatments", "Any treatment")


def event_colours(by_study: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """A colour for each event of all studies: an event has one colour, whatever the study or page.

    Each event has its own order of the colours, made of its name, and takes the first that no
    other event of one of its studies has; with more events than colours some share one.
    """
    rivals: dict[str, set[str]] = {}
    for events in by_study.values():
        for event in (here := set(events)):
            rivals.setdefault(event, set()).update(here - {event})
    colours: dict[str, str] = {}
    for event in sorted(rivals):
        taken = {colours[rival] for rival in rivals[event] if rival in colours}
        free = [colour for colour in EVENT_COLOURS if colour not in taken]
        colours[event] = min(free or EVENT_COLOURS, key=lambda colour: _order(event, colour))
    return colours


def step_colours(colours: Mapping[str, str], step: str) -> tuple[str, ...]:
    """The colours of a step's parts: one for an event, several for a combination (`a+b`).

    No treatment, and all that is not named, is grey.
    """
    if step == "None" or step in OTHERS:
        return (NO_TREATMENT if step == "None" else OTHER,)
    parts = step.split("+")
    return tuple(
        colours.get(part) or min(EVENT_COLOURS, key=lambda colour: _order(part, colour))
        for part in parts
    )


def mixed_colour(colours: Mapping[str, str], step: str) -> str:
    """One colour for a step where no stripes can be drawn: of a combination the mean."""
    parts = step_colours(colours, step)
    rgb = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in parts]
    middle = [round(sum(part) / len(parts)) for part in zip(*rgb, strict=True)]
    return "#" + "".join(f"{part:02X}" for part in middle)


def striped(colours: Mapping[str, str], step: str) -> dict[str, object]:
    """Plotly's fill of a step: an event in its colour, a combination in stripes of its parts'."""
    parts = step_colours(colours, step)
    if len(parts) == 1:
        return {"color": parts[0], "pattern": {"shape": ""}}
    stripes = {"shape": "/", "bgcolor": parts[0], "fgcolor": parts[-1], "fillmode": "replace"}
    return {"color": parts[0], "pattern": {**stripes, "size": 9, "solidity": 0.45}}


def text_on(fill: str) -> str:
    """Dark or white, whichever stands out more on a fill."""
    return max((INK_ON_FILL, SURFACE), key=lambda colour: contrast(colour, fill))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, success criterion 1.4.3)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def text_of_step(colours: Mapping[str, str], step: str) -> dict[str, str]:
    """Plotly's font of a step's name on its fill: with a halo only where there are stripes."""
    is_striped = len(step_colours(colours, step)) > 1
    return {
        "color": text_on(mixed_colour(colours, step)),
        "shadow": "auto" if is_striped else "none",
    }


def _order(event: str, colour: str) -> bytes:
    return hashlib.blake2b(f"{event}\n{colour}".encode(), digest_size=8).digest()
