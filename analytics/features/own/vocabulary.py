"""Which concepts belong to a group, as the CDM's own vocabulary tells it.

FeatureExtraction's groups are read as they come.
"""

import narwhals as nw
import polars as pl

from analytics.features.concept_choice import RollUp
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.groups import groups_of
from analytics.features.prespecified.tables import Cdm

TABLE_OF_GROUPS = {"condition_groups": "condition_era", "drug_groups": "drug_era"}


def groups_to_lift(cdm: Cdm, roll_up: RollUp) -> AnyLazyFrame:
    """One row for each (concept_id, group_id). A named ancestor contains itself."""
    if roll_up.named:
        return groups_of(cdm, TABLE_OF_GROUPS[roll_up.named])
    ancestors = list(roll_up.ancestors)
    itself = cdm.lift(
        pl.DataFrame(
            {"concept_id": ancestors, "group_id": ancestors},
            schema={"concept_id": pl.Int64, "group_id": pl.Int64},
        )
    )
    below = (
        cdm.table("concept_ancestor")
        .filter(nw.col("ancestor_concept_id").is_in(ancestors))
        .select(concept_id=nw.col("descendant_concept_id"), group_id=nw.col("ancestor_concept_id"))
    )
    return nw.concat([itself.select("concept_id", "group_id"), below]).unique()
