"""What split events are called in TreatmentPatterns 3.1.0."""

from analytics.errors import BadInputError
from analytics.studies import PathwayParameters


def split_names_as_tp31(asked: PathwayParameters) -> dict[str, tuple[str, str]]:
    """The short and the long kind of each split event.

    A split cohort of id 4 becomes 41 and 42. Only the last one gets names, the long kind with an
    `s` too many: `As (therapy)`; the others are called by their new ids.
    """
    ids = {name: number for number, name in asked.named_events().items()}
    split = asked.split_events()
    names = {}
    for name in split:
        kinds = f"{ids[name]}1", f"{ids[name]}2"
        for kind in kinds:
            if int(kind) in ids.values():
                raise BadInputError(
                    f"{asked.asker()}: in compat tp31 the split event '{name}' becomes cohort "
                    f"{kind}, which is the event '{asked.named_events()[int(kind)]}' already. "
                    "Give one of the two another id, or use compat: clean."
                )
        names[name] = (f"{name} (acute)", f"{name}s (therapy)") if name == split[-1] else kinds
    return names
