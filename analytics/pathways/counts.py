"""How many people of cohort rows have each pathway: true counts, by index year where that is asked.

Pathways of fewer people than the smallest cell are counted together before anything is withheld:
which they are could point at a person.
"""

import polars as pl

from analytics.disclosure import AddsUp, Derived, DisclosureRule, PartOf, SameAs
from analytics.pathways.cohort_rows import TargetPathways
from analytics.pathways.line_counts import THE_TARGET
from analytics.pathways.shown import OTHER_PATHWAYS
from analytics.studies import NO_TREATMENT

OVERALL, EVERYONE, BY_YEAR = "overall", "Everyone", "index_year"
QUANTITY = "people of {study}: "
"""How the contracts of the marts about lines name counts; a target is a study here."""
RULE = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people", "n_people_total"),
    key=("study", "attribute", "group_name", "pathway"),
    adds_up=(
        AddsUp(over="pathway", total_counts={"n_people": "n_people_total"}),
        AddsUp(over="group_name", total={"attribute": OVERALL, "group_name": EVERYONE}),
    ),
    parts_of=(PartOf(count="n_people", column="counted_in", quantity=QUANTITY + "{counted_in}"),),
    derives=(Derived(columns=("share",), counts=("n_people", "n_people_total")),),
    same_as=(
        SameAs(
            count="n_people_total",
            quantity=QUANTITY + THE_TARGET,
            where={"attribute": OVERALL},
            is_told=True,
        ),
        SameAs(
            count="n_people",
            quantity=QUANTITY + "on {pathway}",
            where={"attribute": OVERALL},
            is_told=True,
        ),
    ),
)


def count_pathways(
    one: TargetPathways, shown_pathway: pl.DataFrame, *, by_year: bool
) -> pl.DataFrame:
    """One row for each group and pathway of a target, with true counts.

    Columns: study (the target's id), attribute, group_name (`overall`, `Everyone`; with `by_year`
    also `index_year` and each year), pathway, n_people (with this pathway in at least one episode),
    n_people_total (of the target and group, treated or not), share, counted_in. Rows are the
    pathways that `shown_pathway` names.
    """
    people = one.found.person_pathway.select("person_id", "pathway").unique()
    names = shown_pathway["pathway"].to_list()
    called = (
        pl.when(pl.col("pathway").is_in(names)).then("pathway").otherwise(pl.lit(OTHER_PATHWAYS))
    )
    groups = _groups(one.index_year, by_year=by_year)
    group = ["attribute", "group_name"]
    total = groups.group_by(group).agg(pl.len().cast(pl.Int64).alias("n_people_total"))
    taken = (
        people.select("person_id", called.alias("pathway"))
        .unique()
        .join(groups, on="person_id")
        .group_by(*group, "pathway")
        .agg(pl.len().cast(pl.Int64).alias("n_people"))
    )
    is_overall = pl.col("attribute") == OVERALL
    return (
        total.join(taken.select("pathway").unique(), how="cross")
        .join(taken, on=[*group, "pathway"], how="left")
        .join(shown_pathway.select("pathway", "counted_in"), on="pathway", how="left")
        .select(
            pl.lit(str(one.target_id)).alias("study"),
            *group,
            "pathway",
            pl.col("n_people").fill_null(0),
            "n_people_total",
            pl.when(is_overall).then("counted_in").otherwise(pl.lit("")).alias("counted_in"),
        )
        .with_columns((pl.col("n_people") / pl.col("n_people_total")).alias("share"))
        .sort(
            ~is_overall,
            "group_name",
            pl.col("pathway") == OTHER_PATHWAYS,
            -pl.col("n_people"),
            "pathway",
        )
    )


def without_none(counts: pl.DataFrame) -> pl.DataFrame:
    """One row for each row of `counts` that is about a treatment; the others stay in the total."""
    return counts.filter(pl.col("pathway") != NO_TREATMENT)


def _groups(index_year: pl.DataFrame, *, by_year: bool) -> pl.DataFrame:
    """One row for each person and group that they are in: person_id, attribute, group_name."""
    everyone = index_year.select(
        "person_id", pl.lit(OVERALL).alias("attribute"), pl.lit(EVERYONE).alias("group_name")
    )
    if not by_year:
        return everyone
    of_year = index_year.select(
        "person_id",
        pl.lit(BY_YEAR).alias("attribute"),
        pl.col("index_year").cast(pl.String).alias("group_name"),
    )
    return pl.concat([everyone, of_year])
