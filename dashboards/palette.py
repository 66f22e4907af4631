"""Every colour of the pages, in one place; chosen to be told apart by colour-blind eyes.

Events take Paul Tol's "muted" scheme, models and verdicts three colours of Okabe and Ito. Colour
is never the only signal: marks, dashes or words say the same thing.
"""

from collections.abc import Iterable

INK = "#1D2B34"
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


def event_colours(steps: Iterable[str]) -> dict[str, str]:
    """A colour for each step of a study's pathways; the same steps get the same colours.

    Events take colours by name, a combination (`a+b`) the mean of its parts, `None` grey.
    """
    all_steps = sorted(set(steps))
    events = sorted({event for step in all_steps for event in step.split("+")} - {"None"})
    own = {name: EVENT_COLOURS[place % len(EVENT_COLOURS)] for place, name in enumerate(events)}
    mixed = {
        step: _mean([own[event] for event in step.split("+") if event in own]) for step in all_steps
    }
    return {**mixed, "None": NO_TREATMENT}


def _mean(colours: list[str]) -> str:
    if not colours:
        return NO_TREATMENT
    parts = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in colours]
    middle = [round(sum(part) / len(parts)) for part in zip(*parts, strict=True)]
    return "#" + "".join(f"{part:02X}" for part in middle)
