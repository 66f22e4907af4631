"""What the vocabulary of a built workspace knows of concepts."""

from collections.abc import Sequence

import polars as pl

from analytics.warehouse.workspace import Workspace, connect, read_frame


def concepts_below(workspace: Workspace, concept_ids: Sequence[int]) -> pl.DataFrame:
    """One row for each of these concepts and each that `concept_ancestor` has below them.

    A concept belongs to itself also where `concept_ancestor` does not say so.
    """
    named = ", ".join(f"({int(number)})" for number in concept_ids)
    with connect(workspace, read_only=True) as connection:
        return read_frame(
            connection,
            "select descendant_concept_id as concept_id from staging.stg_omop__concept_ancestor "
            f"where ancestor_concept_id in (select * from (values {named})) "
            f"union select * from (values {named})",
        )
