"""What was planted: each fault with its table, column, the clause it breaks, and how often."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "faults.json"


@dataclass(frozen=True, kw_only=True)
class PlantedFault:
    """Rows that one fault makes break one clause.

    `check_id` is the clause as `catchment check` names it and `rule` its rule of the house, or its
    kind of OHDSI's checks (in lower case); both are None for a fault that no clause looks for. A
    fault may break two clauses: an event of nobody also lies outside every observation period.
    `n_rows` counts breaking rows, which is two for each key written twice; None where a whole
    column is at fault.
    """

    fault: str
    table: str
    column: str | None
    check_id: str | None
    rule: str | None
    n_rows: int | None


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Everything planted in one CDM, and the rows that its tables have since."""

    seed: int
    level: str
    planted: tuple[PlantedFault, ...]
    n_rows: Mapping[str, int]

    def breaking_rows(self) -> dict[str, int]:
        """How many rows break each clause, by check id, over all faults (0: the whole column)."""
        counted: Counter[str] = Counter()
        for fault in self.planted:
            if fault.check_id is not None:
                counted[fault.check_id] += fault.n_rows or 0
        return dict(sorted(counted.items()))


def planted_fault(
    name: str, table: str, column: str | None, check_id: str | None, n_rows: int | None
) -> PlantedFault:
    """A planted fault whose `rule` follows from its check id."""
    return PlantedFault(
        fault=name,
        table=table,
        column=column,
        check_id=check_id,
        rule=_rule(check_id) if check_id else None,
        n_rows=n_rows,
    )


def _rule(check_id: str) -> str:
    return check_id.rsplit(".", 1)[-1] if "." in check_id else check_id.split("_")[1]


def in_order(planted: list[PlantedFault]) -> tuple[PlantedFault, ...]:
    """Faults that broke something, by table, fault, column and clause."""
    return tuple(
        sorted(
            (fault for fault in planted if fault.n_rows != 0),
            key=lambda one: (one.table, one.fault, one.column or "", one.check_id or ""),
        )
    )


def write_faults(faults: Faults, folder: Path) -> Path:
    """Write `truth/faults.json` into the folder of a CDM; the path."""
    path = folder / "truth" / FILE_NAME
    path.parent.mkdir(exist_ok=True)
    content = {
        "seed": faults.seed,
        "level": faults.level,
        "faults": [asdict(fault) for fault in faults.planted],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path
