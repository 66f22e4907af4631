"""Fairness: does the model serve every group alike? Evaluation, by group.

`group_people` says who belongs to which group; `audit` measures each group with intervals,
compares it with a stated reference group, and gives a verdict or says that there are too few
people for one. The limits, and the reasons for them, are in `limits.py`.
"""

from analytics.fairness.audit import AuditReport, audit
from analytics.fairness.groups import ATTRIBUTES, GROUP_ORDER, UNKNOWN, group_people
from analytics.fairness.limits import AS_RISKS_DO, JUDGED, LIMITS, Limit, Verdict
from analytics.fairness.metrics import METRICS

__all__ = [
    "AS_RISKS_DO",
    "ATTRIBUTES",
    "GROUP_ORDER",
    "JUDGED",
    "LIMITS",
    "METRICS",
    "UNKNOWN",
    "AuditReport",
    "Limit",
    "Verdict",
    "audit",
    "group_people",
]
