"""What to make of a file of cohort rows: which are targets, events and exits, and the parameters.

Read from one YAML file; the names of the parameters are TreatmentPatterns' in snake case.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from analytics.definition_files import read_definition
from analytics.studies.pathway_parameters import (
    NO_TREATMENT,
    PathwayParameters,
    WholeDays,
    check_splits,
    in_snake_case,
)

JOINING = "-+"


def by_number(value: object) -> object:
    """Cohort ids that came as text (`"2": Metformin`) as numbers; nothing as no cohorts."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        return value
    return {int(key) if str(key).isdecimal() else key: name for key, name in value.items()}


CohortNames = Annotated[
    Mapping[int, Annotated[str, Field(min_length=1)]], BeforeValidator(by_number)
]


def several(value: object) -> object:
    """One value as a list of one, and nothing as an empty list."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


class PathwaySettings(PathwayParameters):
    """Cohort ids with their names, the parameters, and what is exported.

    `split_event_cohorts` may name events by id or by name. Of the package's export parameters
    `none_paths` says whether people without treatment have a row among the counts (here they do
    unless it is said otherwise; they are always in the total), and `stratify` asks for counts by
    index year: cohort rows have no age and no sex, so `age_window` changes nothing.
    `min_cell_count` may raise the smallest cell and cannot lower it; small counts are withheld
    whatever `censor_type` says.
    """

    targets: CohortNames = Field(min_length=1, description="Cohort id and name of each target.")
    events: CohortNames = Field(min_length=1, description="Cohort id and name of each treatment.")
    exits: CohortNames = Field(default={}, description="Cohort id and name of each exit.")
    split_event_cohorts: Annotated[tuple[int | str, ...], BeforeValidator(several)] = ()
    split_time: Annotated[tuple[WholeDays, ...], BeforeValidator(several)] = ()
    age_window: Annotated[tuple[WholeDays, ...], BeforeValidator(several)] = (10,)
    min_cell_count: WholeDays | None = None
    censor_type: Annotated[
        Literal["min_cell_count", "remove", "mean"], BeforeValidator(in_snake_case)
    ] = "min_cell_count"
    none_paths: bool = True
    stratify: bool = False

    @model_validator(mode="after")
    def _cohorts_are_told_apart(self) -> "PathwaySettings":
        roles = {"targets": self.targets, "events": self.events, "exits": self.exits}
        seen: dict[int, str] = {}
        for role, cohorts in roles.items():
            for number in cohorts:
                if number in seen:
                    raise ValueError(f"cohort {number} is both in {seen[number]} and in {role}")
                seen[number] = role
        steps = [*self.events.values(), *self.exits.values()]
        for name in steps:
            if steps.count(name) > 1:
                raise ValueError(f"the name '{name}' is given to two cohorts of events and exits")
            if name == NO_TREATMENT:
                raise ValueError(
                    f"the name '{name}' means that there was no treatment. Choose another"
                )
            if any(sign in name for sign in JOINING):
                better = name.replace("-", " ").replace("+", " and ")
                raise ValueError(
                    f"the name '{name}' holds '-', which joins steps, or '+', which joins the "
                    f"parts of a combination. Call it '{better}'"
                )
        return self

    @model_validator(mode="after")
    def _each_split_has_its_time(self) -> "PathwaySettings":
        check_splits(list(self.events.values()), self.split_events(), self.split_time)
        return self

    def split_events(self) -> tuple[str, ...]:
        """The events to split, by name."""
        return tuple(
            self.events.get(event, f"cohort {event}") if isinstance(event, int) else event
            for event in self.split_event_cohorts
        )

    def named_events(self) -> Mapping[int, str]:
        """The events by their cohort id, in the order of the ids."""
        return dict(sorted(self.events.items()))


def read_pathway_settings(path: Path) -> PathwaySettings:
    """The settings of a YAML file; raises one `BadInputError` that names every fault."""
    return read_definition(path, PathwaySettings)
