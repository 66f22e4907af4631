"""Waivers: who took it on to run a study on data past a limit. One YAML file in the workspace.

```yaml
waivers:
  - check: field_plausibleafterbirth_device_exposure_device_exposure_start_date
    study: readmission_30d          # without it: every study
    signed_by: "A. Person, data steward"
    date: 2026-11-22
    until: 2027-03-31               # the last day it counts; without it: for a year
    reason: "Start dates of devices are unknown; devices weigh little in this model."
```
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import StringConstraints, ValidationError

from analytics.contracts.faults import list_in_words
from analytics.contracts.signed_days import check_has_come, has_passed
from analytics.days import to_date, to_day
from analytics.definition_files import FrozenModel, Name
from analytics.errors import BadInputError, near_miss

WAIVERS = "waivers.yaml"
COUNTS_FOR_DAYS = 365
"""How long a waiver counts that names no last day. Deliveries change and people move on: a year is
long enough for yearly ones, and short enough that a signature is somebody's decision of today."""


class WaiverClause(FrozenModel):
    """One waiver."""

    check: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    study: Name | None = None
    signed_by: Annotated[str, StringConstraints(min_length=3, strip_whitespace=True)]
    until: date | None = None
    date: date
    reason: Annotated[str, StringConstraints(min_length=10, strip_whitespace=True)]


class WaiversDocument(FrozenModel):
    """A whole file of them."""

    waivers: list[WaiverClause]


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """That a check past its limit shall not stop a study (None: any), signed and dated.

    It counts up to and including its last day; after that `has_expired`.
    """

    check_id: str
    study: str | None
    signed_by: str
    day: date
    last_day: date
    has_expired: bool
    reason: str

    def meets(self, check_id: str, study: str) -> bool:
        """Whether it is about that check and study."""
        return self.check_id == check_id and self.study in (None, study)


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a workspace; none where there is no file.

    Raises BadInputError with all that is wrong in it: what is not signed, dated and reasoned,
    dated on a day that has not come, or over before it was signed.
    """
    if not path.is_file():
        return ()
    try:
        document = WaiversDocument.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise BadInputError(
            f"{path} is not readable as YAML: {' '.join(str(error).split())}"
        ) from error
    except ValidationError as error:
        faults = "\n  ".join(list_in_words(error))
        raise BadInputError(
            f"{path} cannot be taken; correct each:\n  {faults}\n"
            "A waiver names its check and has signed_by, date and reason."
        ) from error
    return tuple(_read(said, path) for said in document.waivers)


def check_waivers(waivers: Iterable[Waiver], known: Collection[str], path: Path) -> None:
    """Raise BadInputError for a waiver of a check that was not made of the CDM."""
    for one in waivers:
        if one.check_id not in known:
            raise BadInputError(
                f"{path}: there is no check '{one.check_id}'.{near_miss(one.check_id, known)} "
                "The message that stops a study names its checks."
            )


def _read(said: WaiverClause, path: Path) -> Waiver:
    signed = f"{path}: the waiver for '{said.check}'"
    check_has_come(said.date, signed)
    last_day = said.until or to_date(to_day(said.date) + COUNTS_FOR_DAYS)
    if last_day < said.date:
        raise BadInputError(
            f"{signed} counts until {last_day}, which is before it was signed ({said.date}). "
            "Give the last day on which it shall count."
        )
    return Waiver(
        check_id=said.check,
        study=said.study,
        signed_by=said.signed_by,
        day=said.date,
        last_day=last_day,
        has_expired=has_passed(last_day),
        reason=said.reason,
    )
