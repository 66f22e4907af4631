"""What only the simulator can know; written to `truth/`, and never read by the product."""

from analytics.simulator.truth.reading import (
    TreatmentEffect,
    Truth,
    planted_event_free,
    read_truth,
    treatment_effect,
)

__all__ = ["TreatmentEffect", "Truth", "planted_event_free", "read_truth", "treatment_effect"]
