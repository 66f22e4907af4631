"""A Great Expectations metric that counts everything asked of one source in one query.

Great Expectations resolves a metric once, however many expectations depend on it: so a table is
read once for all checks that look at its rows. An aggregate that fails (a text that is no date)
must not take the others with it: then each is asked alone, and only the failing one has an error.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import sqlalchemy
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine

COUNTED_TOGETHER = "catchment.counted_together"
LONGEST_MESSAGE = 400
ABOUT_A_VALUE = ("Conversion Error", "Invalid Input Error", "Out of Range Error")
VALUE = re.compile(r"""(['"]).*\1|(?<!\w)-?\d[\w.:+-]*""", re.DOTALL)

Counted = Mapping[str, int | str]
"""By aggregate: the number, or the database's words where it could not be counted."""

_ASKED: "WeakKeyDictionary[ExecutionEngine[object], Mapping[str, Sequence[str]]]"
_ASKED = WeakKeyDictionary()


def will_ask(engine: "ExecutionEngine[object]", aggregates: Mapping[str, Sequence[str]]) -> None:
    """Tell a connection which aggregates belong together, by source."""
    _ASKED[engine] = aggregates


class CountedTogether(MetricProvider):
    """All aggregates over one source, by their text."""

    metric_name = COUNTED_TOGETHER
    domain_keys = ("batch_id",)
    value_keys = ("source",)

    @metric_value(engine=SqlAlchemyExecutionEngine, domain_type=MetricDomainTypes.TABLE)
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: Mapping[str, str],
        metric_value_kwargs: Mapping[str, str],
        metrics: Mapping[str, object],
        runtime_configuration: Mapping[str, object],
    ) -> Counted:
        source = metric_value_kwargs["source"]
        aggregates = _ASKED[execution_engine][source]
        try:
            return _count(execution_engine, source, aggregates)
        except Exception as error:
            if len(aggregates) == 1:
                return {aggregates[0]: _in_short(error)}
        rows = _count_alone(execution_engine, source, "count(*)")
        if isinstance(rows, str):  # no such table: nothing can be counted in it
            return dict.fromkeys(aggregates, rows)
        return {one: _count_alone(execution_engine, source, one) for one in aggregates}


def _count_alone(engine: SqlAlchemyExecutionEngine, source: str, aggregate: str) -> int | str:
    try:
        return _count(engine, source, (aggregate,))[aggregate]
    except Exception as error:
        return _in_short(error)


def _count(
    engine: SqlAlchemyExecutionEngine, source: str, aggregates: Sequence[str]
) -> dict[str, int | str]:
    counted = ", ".join(f"{one} as a{number}" for number, one in enumerate(aggregates))
    rows = engine.execute_query(sqlalchemy.text(f"select {counted} from {source}")).fetchall()
    return dict(zip(aggregates, map(int, rows[0]), strict=True))


def _in_short(error: Exception) -> str:
    """What the database said, without the query, and without a value of the data."""
    said = str(getattr(error, "orig", None) or error).split("\n\n")[0]
    if isinstance(error, sqlalchemy.exc.DataError) or said.startswith(ABOUT_A_VALUE):
        said = VALUE.sub("…", said)
    return " ".join(said.split())[:LONGEST_MESSAGE] or type(error).__name__
