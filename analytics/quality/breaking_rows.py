"""An expectation in SQL that counts the rows it finds and fetches none of them.

Great Expectations' own `UnexpectedRowsExpectation` runs each query twice, once to count and once
to fetch 200 rows; examples of breaking rows are looked up later, for broken clauses only.
"""

from typing import TYPE_CHECKING, ClassVar

from great_expectations.expectations import UnexpectedRowsExpectation

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine

COUNTED = "unexpected_rows_query.row_count"


class ExpectNoBreakingRows(UnexpectedRowsExpectation):
    """Expect that a query for breaking rows finds none; the count is the observed value."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (COUNTED,)

    def _validate(
        self,
        metrics: dict[str, int],
        runtime_configuration: dict[str, object] | None = None,
        execution_engine: "ExecutionEngine[object] | None" = None,
    ) -> dict[str, object]:
        count = metrics[COUNTED]
        return {"success": count == 0, "result": {"observed_value": count}}
