"""Waivers: who took it on to run a study on data past a limit. One YAML file in the workspace.

```yaml
waivers:
  - check: field_plausibleafterbirth_device_exposure_device_exposure_start_date
    study: readmission_30d          # without it: every study
    signed_by: "A. Person, data steward"
    date: 2026-11-22
    reason: "Start dates of devices are unknown; devices weigh little in this model."
```
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import StringConstraints, ValidationError

from analytics.contracts.faults import in_words
from analytics.definition_files import FrozenModel, Name
from analytics.errors import BadInputError, near_miss

WAIVERS = "waivers.yaml"
ONE_DAY = timedelta(days=1)


class WaiverClause(FrozenModel):
    """One waiver."""

    check: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    study: Name | None = None
    signed_by: Annotated[str, StringConstraints(min_length=3, strip_whitespace=True)]
    date: date
    reason: Annotated[str, StringConstraints(min_length=10, strip_whitespace=True)]


class WaiversDocument(FrozenModel):
    """A whole file of them."""

    waivers: list[WaiverClause]


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """That a check past its limit shall not stop a study (None: any), signed and dated."""

    check_id: str
    study: str | None
    signed_by: str
    day: date
    reason: str

    def meets(self, check_id: str, study: str) -> bool:
        """Whether it is about that check and study."""
        return self.check_id == check_id and self.study in (None, study)


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a workspace; none where there is no file.

    Raises BadInputError with all that is wrong in it: what is not signed, dated and reasoned, or
    dated on a day that has not come.
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
        faults = "\n  ".join(in_words(fault) for fault in error.errors())
        raise BadInputError(
            f"{path} cannot be taken; correct each:\n  {faults}\n"
            "A waiver names its check and has signed_by, date and reason."
        ) from error
    # Whoever signs east of Greenwich may be a day ahead of it.
    last = datetime.now(UTC).date() + ONE_DAY
    for said in document.waivers:
        if said.date > last:
            raise BadInputError(
                f"{path}: the waiver for '{said.check}' is dated {said.date}, which has not come. "
                "Give the day on which it was signed."
            )
    return tuple(
        Waiver(
            check_id=said.check,
            study=said.study,
            signed_by=said.signed_by,
            day=said.date,
            reason=said.reason,
        )
        for said in document.waivers
    )


def check_waivers(waivers: Iterable[Waiver], known: Collection[str], path: Path) -> None:
    """Raise BadInputError for a waiver of a check that was not made of the CDM."""
    for one in waivers:
        if one.check_id not in known:
            raise BadInputError(
                f"{path}: there is no check '{one.check_id}'.{near_miss(one.check_id, known)} "
                "The message that stops a study names its checks."
            )
