"""Figures: a frame of a mart in, a figure out. No reading, no metric, no page.

Each figure has a finding or a question for a title, axes with units, the n it rests on, and
intervals where the mart has them. Colours and marks come from `dashboards/palette.py`.
"""

from dashboards.charts.characterisation import differing, standardised_differences
from dashboards.charts.cohorts import incidence_by_group
from dashboards.charts.fairness import metric_by_group
from dashboards.charts.lines import (
    duration_ranges,
    following_bars,
    line_bars,
    persistence_curves,
)
from dashboards.charts.model import calibration_curve, decision_curve, what_drives
from dashboards.charts.paths import path_flow, path_rings
from dashboards.charts.population import PROFILED, attrition_bars, profile_bars
from dashboards.charts.quality import breach_shares
from dashboards.charts.recording import recording_beside_others, recording_over_time

__all__ = [
    "PROFILED",
    "attrition_bars",
    "breach_shares",
    "calibration_curve",
    "decision_curve",
    "differing",
    "duration_ranges",
    "following_bars",
    "incidence_by_group",
    "line_bars",
    "metric_by_group",
    "path_flow",
    "path_rings",
    "persistence_curves",
    "profile_bars",
    "recording_beside_others",
    "recording_over_time",
    "standardised_differences",
    "what_drives",
]
