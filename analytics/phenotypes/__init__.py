"""Cohort definitions: Circe JSON in, typed expressions, words and dbt models out.

This room reads definition files and touches nothing else.
"""
