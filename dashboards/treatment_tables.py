"""The tables of treatment paths and lines of therapy, each to be taken away as CSV.

A count that is withheld stands in its place in words, on the screen and in the file.
"""

from collections.abc import Mapping

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboards import amounts, words
from dashboards.tables import count, table_to_take
from dashboards.treatment_answers import About

PATH = pl.col("pathway").map_elements(words.path, return_dtype=pl.String)
IS_OTHERS = pl.col("pathway") == "Other pathways"
SHARE = st.column_config.NumberColumn("Share, %", format="%.1f", width=100)
TREATMENT = pl.col("treatment").map_elements(words.step, return_dtype=pl.String)


def paths(rows: pl.DataFrame, *, about: About, called: str) -> None:
    """The paths that are shown, with their people and their share of all."""
    shown = rows.drop_nulls("n_people").with_columns(path=PATH).sort(IS_OTHERS, maintain_order=True)
    _shown(
        shown.with_columns(percent=_percent("share")),
        {
            "path": st.column_config.TextColumn("Path, first step first", width="large"),
            "n_people": count("People"),
            "n_people_total": count("Of"),
            "percent": SHARE,
        },
        about,
        f"paths_{called}",
    )


def paths_by_group(by_group: pl.DataFrame, attribute: str, *, about: About) -> None:
    """Each of the commonest paths with its share and people in each group of the attribute."""
    here = by_group.filter(pl.col("attribute").is_in(["overall", attribute]))
    groups = ["Everyone", *words.ordered_groups(attribute, _names(here, attribute))]
    said = pl.struct("share", "n_people").map_elements(_share_and_people, return_dtype=pl.String)
    wide = here.select("group_name", path=PATH, said=said).pivot(
        on="group_name", index="path", values="said"
    )
    in_order = (
        here.filter(pl.col("attribute") == "overall")
        .sort(IS_OTHERS, "n_people", "pathway", descending=[False, True, False], nulls_last=True)
        .select(path=PATH)
    )
    totals = {
        str(name): amounts.count(n)
        for name, n in here.select("group_name", "n_people_total").unique().iter_rows()
    }
    _shown(
        in_order.join(wide, on="path", how="left", maintain_order="left"),
        {
            "path": st.column_config.TextColumn("Path, first step first", width="large"),
            **{
                name: st.column_config.TextColumn(f"{name} (n = {totals.get(name)})")
                for name in groups
            },
        },
        about,
        f"paths_by_{attribute}",
    )


def lines(rows: pl.DataFrame, *, about: About) -> None:
    """Each line of therapy with its treatments, and who starts them."""
    starts = _in_order(rows.filter(pl.col("what_follows") == "starts"))
    _shown(
        starts.with_columns(name=TREATMENT, percent=_percent("share")),
        {
            "line_number": st.column_config.NumberColumn("Line", width="small"),
            "name": st.column_config.TextColumn("Treatment", width="medium"),
            "n_people": count("People who start it"),
            "n_people_total": count("Of"),
            "percent": SHARE,
        },
        about,
        "lines_of_therapy",
    )


def following(rows: pl.DataFrame, line_number: int, *, about: About) -> None:
    """What follows each treatment of one line: people, and their share of those who start it."""
    happens = rows.filter(pl.col("n_people").fill_null(1) > 0)["what_follows"].to_list()
    follows = [name for name in words.WHAT_FOLLOWS if name != "starts" and name in happens]
    said = pl.struct("share", "n_people").map_elements(_share_and_people, return_dtype=pl.String)
    wide = (
        rows.filter(pl.col("what_follows").is_in(follows))
        .with_columns(said=said)
        .pivot(on="what_follows", index="treatment", values="said")
    )
    starts = _in_order(rows.filter(pl.col("what_follows") == "starts"))
    _shown(
        starts.with_columns(name=TREATMENT).join(
            wide, on="treatment", how="left", maintain_order="left"
        ),
        {
            "name": st.column_config.TextColumn("Treatment", width="medium"),
            "n_people": count("People who start it"),
            **{
                name: st.column_config.TextColumn(words.sentence_case(words.WHAT_FOLLOWS[name]))
                for name in follows
            },
        },
        about,
        f"after_line_{line_number}",
    )


def _in_order(starts: pl.DataFrame) -> pl.DataFrame:
    """By line; all treatments together first, those that are not named last."""
    return starts.sort(
        "line_number",
        ~pl.col("is_any_treatment"),
        pl.col("treatment") == "Other treatments",
        maintain_order=True,
    )


def durations(rows: pl.DataFrame, *, about: About) -> None:
    """Each treatment's days: median, middle half and mean, with the people they are of."""
    _shown(
        rows.with_columns(
            name=TREATMENT,
            line=pl.when(pl.col("line_number") == 0)
            .then(pl.lit("all"))
            .otherwise(pl.col("line_number").cast(pl.String)),
        ),
        {
            "measure": st.column_config.TextColumn("What is counted", width="medium"),
            "line": st.column_config.TextColumn("Line", width="small"),
            "name": st.column_config.TextColumn("Treatment", width="medium"),
            "n_people": count("People"),
            "days_median": count("Median days"),
            "days_q1": count("First quartile"),
            "days_q3": count("Third quartile"),
            "days_mean": count("Mean"),
        },
        about,
        "durations",
    )


def persistence(rows: pl.DataFrame, *, about: About) -> None:
    """Who is still on each treatment after so many days, of those followed so long."""
    _shown(
        rows.with_columns(
            name=TREATMENT,
            percent=_percent("share_persistent"),
            at_start=pl.col("n_people_followed").first().over("treatment"),
        ).sort("at_start", "treatment", "days_after_start", descending=[True, False, False]),
        {
            "line_number": st.column_config.NumberColumn("Line", width="small"),
            "name": st.column_config.TextColumn("Treatment", width="medium"),
            "days_after_start": st.column_config.NumberColumn("Day"),
            "n_people_persistent": count("Still on it"),
            "n_people_followed": count("Of those followed"),
            "percent": SHARE,
        },
        about,
        "persistence",
    )


def days_covered(rows: pl.DataFrame, *, about: About) -> None:
    """The proportion of days covered (PDC) of each treatment, and who has 80 % or more."""
    _shown(
        rows.with_columns(
            name=TREATMENT,
            percent=_percent("share_well_covered"),
            mean=_percent("covered_mean"),
            median=_percent("covered_median"),
        ),
        {
            "line_number": st.column_config.NumberColumn("Line", width="small"),
            "name": st.column_config.TextColumn("Treatment", width="medium"),
            "period_days": count("Period in days"),
            "mean": st.column_config.NumberColumn("Days covered, mean %", format="%.1f"),
            "median": st.column_config.NumberColumn("Days covered, median %", format="%.1f"),
            "n_people_well_covered": count("80 % or more"),
            "n_people": count("Of"),
            "percent": SHARE,
        },
        about,
        "days_covered",
    )


def sources(rows: pl.DataFrame, *, about: About) -> None:
    """Where the records of each event came from."""
    said = pl.col("source").map_elements(words.source_of_events, return_dtype=pl.String)
    _shown(
        rows.with_columns(said=said),
        {
            "event": st.column_config.TextColumn("Event", width="medium"),
            "said": st.column_config.TextColumn("Its records are", width="medium"),
            "made_of": st.column_config.TextColumn("Of", width="medium"),
        },
        about,
        "events",
    )


def _shown(
    rows: pl.DataFrame, columns: Mapping[str, ColumnConfig], about: About, name: str
) -> None:
    table_to_take(rows, columns, f"{about.study}_{name}", also=about.said())


def _names(rows: pl.DataFrame, attribute: str) -> list[str]:
    return [str(name) for name in rows.filter(pl.col("attribute") == attribute)["group_name"]]


def _percent(share: str) -> pl.Expr:
    return (100 * pl.col(share)).round(2)


def _share_and_people(cell: Mapping[str, object]) -> str:
    """`42.0 % (1,234)`; where it is withheld, that word."""
    people, share = cell["n_people"], amounts.number(cell["share"])
    if not isinstance(people, int):
        return amounts.WITHHELD
    return (
        amounts.count(people)
        if share is None
        else f"{amounts.share(share)} ({amounts.count(people)})"
    )
