"""Windows as they are written in settings: `365`, `any`, `-90 to -31`, `any to -31`."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

from analytics.days import Window

FORM = re.compile(r"^(any|-?\d+) to (-?\d+)$")
FORMS = "a number of days (365), any, or days relative to index (-90 to -31)"


@dataclass(frozen=True, kw_only=True)
class WrittenWindow:
    """A window as written; it ends on the settings' end day where it has no `last_day`."""

    first_day: int | None
    last_day: int | None = None

    def ending_by(self, end_day: int) -> Window:
        """The window itself; raises `ValueError` where it ends before it starts."""
        last_day = end_day if self.last_day is None else self.last_day
        return Window(first_day=self.first_day, last_day=last_day)


def _parse(written: object) -> WrittenWindow:
    if isinstance(written, WrittenWindow):
        return written
    if written == "any":
        return WrittenWindow(first_day=None)
    if isinstance(written, int) and not isinstance(written, bool):
        if written < 1:
            raise ValueError(f"a window of {written} days has no day in it: write {FORMS}")
        return WrittenWindow(first_day=-written)
    found = FORM.match(written) if isinstance(written, str) else None
    if not found:
        raise ValueError(f"{written!r} is no window: write {FORMS}")
    first, last = found.groups()
    window = Window(first_day=None if first == "any" else int(first), last_day=int(last))
    return WrittenWindow(first_day=window.first_day, last_day=window.last_day)


AskedWindow = Annotated[WrittenWindow, BeforeValidator(_parse)]
