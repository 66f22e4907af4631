"""Cohort definitions: Circe JSON in, typed expressions, words and dbt models out.

This room reads definition files and touches nothing else.
"""

from analytics.phenotypes.normal_form import content_hash, normalised_json
from analytics.phenotypes.reader import read_definition, read_definition_file
from analytics.phenotypes.words import describe, describe_rules, difference_in_words

__all__ = [
    "content_hash",
    "describe",
    "describe_rules",
    "difference_in_words",
    "normalised_json",
    "read_definition",
    "read_definition_file",
]
