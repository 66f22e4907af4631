"""A site's own limits for checks: a small YAML file, each limit with its reason and its day.

```yaml
overrides:
  - table: drug_exposure
    column: days_supply
    check: plausibleValueHigh
    high: 730
    reason: "Our pharmacies dispense for two years."
    date: 2026-11-22
```
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from analytics.contracts.check_clause import Day, Percent
from analytics.contracts.clause import HouseClause, Name
from analytics.contracts.contract import Bound
from analytics.contracts.faults import list_in_words
from analytics.contracts.quality_checks import QualityCheck
from analytics.contracts.signed_days import check_has_come
from analytics.errors import BadInputError, near_miss

Number = int | float


class OverrideClause(HouseClause):
    """One limit of a site's own."""

    table: Name
    column: Name | None = None
    check: Annotated[str, Field(min_length=1)]
    concept_id: int | None = None
    threshold: Percent | None = None
    low: Number | Day | None = None
    high: Number | None = None
    limit_share: Annotated[float, Field(ge=0, le=1)] | None = None
    reason: Annotated[str, Field(min_length=10)]
    date: date


class OverridesDocument(HouseClause):
    """A whole file of them."""

    overrides: Annotated[list[OverrideClause], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True)
class Override:
    """A limit that takes the place of a contract's, for one check or for all of a concept's."""

    file: str
    table: str
    column: str | None
    check: str
    concept_id: int | None
    threshold: float | None
    low: Bound | None
    high: Bound | None
    limit_share: float | None
    reason: str
    day: date

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        return f"{self.check} of {place}"

    def meets(self, check: QualityCheck) -> bool:
        """Whether this is about that check."""
        return (self.check, self.table, self.column) == (check.name, check.table, check.field) and (
            self.concept_id is None or self.concept_id in check.concept_ids
        )


def load_overrides(path: Path) -> tuple[Override, ...]:
    """Read a site's file.

    Raises BadInputError with all that is wrong in it, and for a day that has not come.
    """
    if not path.is_file():
        raise BadInputError(f"{path}: there is no such file of overrides.")
    try:
        document = OverridesDocument.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise BadInputError(
            f"{path} is not readable as YAML: {' '.join(str(error).split())}"
        ) from error
    except ValidationError as error:
        faults = "\n  ".join(list_in_words(error))
        raise BadInputError(f"{path} cannot be taken; correct each:\n  {faults}") from error
    overrides = tuple(
        Override(
            file=path.name,
            table=said.table,
            column=said.column,
            check=said.check,
            concept_id=said.concept_id,
            threshold=said.threshold,
            low=said.low,
            high=said.high,
            limit_share=said.limit_share,
            reason=said.reason,
            day=said.date,
        )
        for said in document.overrides
    )
    for one in overrides:
        check_has_come(one.day, f"{path}: the override {one}")
    return overrides


def apply_overrides(
    checks: Sequence[QualityCheck], overrides: Collection[Override]
) -> tuple[QualityCheck, ...]:
    """The checks with the limits of a site. Raises BadInputError for one that meets no check."""
    faults = [fault for override in overrides for fault in _faults(override, checks)]
    if faults:
        raise BadInputError("The overrides do not fit the contracts:\n  " + "\n  ".join(faults))
    return tuple(_overridden(check, overrides) for check in checks)


def _overridden(check: QualityCheck, overrides: Collection[Override]) -> QualityCheck:
    for said in overrides:
        if said.meets(check):
            asked = check.asked
            check = replace(
                check,
                asked=replace(
                    asked,
                    threshold=asked.threshold if said.threshold is None else said.threshold,
                    low=asked.low if said.low is None else said.low,
                    high=asked.high if said.high is None else said.high,
                ),
                limit_share=check.limit_share if said.limit_share is None else said.limit_share,
                override=f"{said.file}, {said.day}: {said.reason}",
            )
    return check


def _faults(said: Override, checks: Sequence[QualityCheck]) -> Iterator[str]:
    if any(said.meets(check) for check in checks):
        limits = {"plausibleValueLow": said.low, "plausibleValueHigh": said.high}
        for name, limit in limits.items():
            if limit is not None and said.check != name:
                yield f"{said.file}: {said} takes no {name.removeprefix('plausibleValue').lower()}"
        if (said.threshold, said.low, said.high, said.limit_share) == (None,) * 4:
            yield f"{said.file}: {said} gives no limit: threshold, low, high or limit_share"
        return
    tables = {check.table for check in checks}
    columns = {check.field for check in checks if check.table == said.table and check.field}
    here = {
        check.name for check in checks if (check.table, check.field) == (said.table, said.column)
    }
    if said.table not in tables:
        yield f"{said.file}: there is no table '{said.table}'.{near_miss(said.table, tables)}"
    elif said.column is not None and said.column not in columns:
        guess = near_miss(said.column, columns)
        yield f"{said.file}: {said.table} has no column '{said.column}'.{guess}"
    elif said.check not in here:
        guess = near_miss(said.check, here)
        yield f"{said.file}: no check '{said.check}' is made of it: {said}.{guess}"
    else:
        yield f"{said.file}: {said} is not asked of concept {said.concept_id}"
