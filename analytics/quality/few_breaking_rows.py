"""An expectation that few rows break a check: as many as its threshold allows.

Its two numbers come from the metric `counted_together`; whether it is met is decided here.
"""

from typing import TYPE_CHECKING, ClassVar

from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from analytics.quality.counted_together import COUNTED_TOGETHER, Counted

if TYPE_CHECKING:
    from great_expectations.execution_engine import ExecutionEngine

BREAKING, LOOKED_AT, RECORDED = "breaking rows", "rows looked at", "rows recorded"


class ExpectFewBreakingRows(BatchExpectation):
    """Expect that at most `most_percent` of the rows looked at break a check; none where it is 0.

    `breaking` and `looked_at` are aggregates, each over its source; exactly on the threshold is
    met. `recorded` may ask for a third count, which decides nothing here. Raises what the database
    said where it could not count.
    """

    check_id: str
    breaking_source: str
    breaking: str
    looked_at_source: str
    looked_at: str
    most_percent: float
    recorded_source: str = ""
    recorded: str = ""

    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)
    success_keys: ClassVar[tuple[str, ...]] = (
        "check_id",
        "breaking_source",
        "breaking",
        "looked_at_source",
        "looked_at",
        "most_percent",
        "recorded_source",
        "recorded",
    )

    def get_validation_dependencies(
        self,
        execution_engine: "ExecutionEngine[object] | None" = None,
        runtime_configuration: dict[str, object] | None = None,
    ) -> ValidationDependencies:
        """The two metrics, one for each source.

        What is inherited would read the whole configuration ten times for each expectation.
        """
        needed = ValidationDependencies(result_format={"result_format": "BASIC"})
        for name, source in (
            (BREAKING, self.breaking_source),
            (LOOKED_AT, self.looked_at_source),
            (RECORDED, self.recorded_source),
        ):
            if not source:
                continue
            metric = MetricConfiguration(
                metric_name=COUNTED_TOGETHER,
                metric_domain_kwargs={"batch_id": self.batch_id} if self.batch_id else {},
                metric_value_kwargs={"source": source},
            )
            needed.set_metric_configuration(name, metric)
        return needed

    def _validate(
        self,
        metrics: dict[str, Counted],
        runtime_configuration: dict[str, object] | None = None,
        execution_engine: "ExecutionEngine[object] | None" = None,
    ) -> dict[str, object]:
        asked = [(BREAKING, self.breaking), (LOOKED_AT, self.looked_at)]
        if self.recorded:
            asked.append((RECORDED, self.recorded))
        counts = [_number(metrics[name][aggregate]) for name, aggregate in asked]
        breaking, looked_at = counts[:2]
        share = breaking / looked_at if looked_at else 0.0
        is_met = 100 * share <= self.most_percent if self.most_percent else not breaking
        names = ("breaking", "looked_at", "recorded")
        details = dict(zip(names, counts, strict=False))
        return {"success": is_met, "result": {"observed_value": share, "details": details}}


def _number(counted: int | str) -> int:
    """The count; what the database said instead of one is raised."""
    if isinstance(counted, str):
        raise RuntimeError(counted)
    return counted
