"""Definitions in plain words: whole texts, one sentence for a criterion, differences.

The same definition always gives the same words.
"""

from analytics.phenotypes.words.attrition import attrition_words
from analytics.phenotypes.words.criteria import (
    correlated_words,
    criterion_words,
    demographic_words,
)
from analytics.phenotypes.words.definition import describe, describe_rules, rule_words
from analytics.phenotypes.words.differences import difference_in_words
from analytics.phenotypes.words.groups import group_lines, how_many_hold

__all__ = [
    "attrition_words",
    "correlated_words",
    "criterion_words",
    "demographic_words",
    "describe",
    "describe_rules",
    "difference_in_words",
    "group_lines",
    "how_many_hold",
    "rule_words",
]
