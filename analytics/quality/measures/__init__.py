"""What is counted for each of the 27 kinds of checks: breaking rows, and rows looked at.

Measures over the same source are counted together, in one query, so that a table is read once for
all that is asked of its rows. The definitions are those of DataQualityDashboard 2.8.4.
"""

from dataclasses import replace

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.measures.measure import (
    Asker,
    Asking,
    Catalogue,
    Circumstances,
    Dialect,
    Measure,
    Need,
    Reading,
    is_there,
)
from analytics.quality.measures.of_columns import OF_COLUMNS
from analytics.quality.measures.of_concepts import OF_CONCEPTS
from analytics.quality.measures.of_tables import OF_TABLES
from analytics.quality.measures.of_time import OF_TIME

__all__ = [
    "Asking",
    "Catalogue",
    "Circumstances",
    "Dialect",
    "Measure",
    "Need",
    "Reading",
    "ask_for",
    "is_there",
]

ASKERS: dict[str, Asker] = OF_TABLES | OF_COLUMNS | OF_CONCEPTS | OF_TIME


def ask_for(check: QualityCheck, given: Circumstances) -> Asking:
    """The measures that settle a check.

    One that needs what a table of the CDM lacks is asked apart from all others of that table: it
    will end in an error, alone.
    """
    asking = ASKERS[check.name](check, given)
    if check.table not in given.catalogue or is_there(asking.needs, given.catalogue):
        return asking
    return replace(asking, breaking=_apart(asking.breaking), looked_at=_apart(asking.looked_at))


def _apart(measure: Measure) -> Measure:
    return replace(measure, source=f"{measure.source} /* apart */")
