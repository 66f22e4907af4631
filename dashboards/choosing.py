"""Picks rows of a mart for a page. Nothing here makes a number that the mart does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analytics.days import age_band
from dashboards import metrics, words


@dataclass(frozen=True, kw_only=True)
class RiskFilters:
    """Which people of a risk list to see; an empty tuple lets everyone through.

    `capacity` is the number of people the team can contact, by place on the list.
    """

    capacity: int
    sexes: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    care_sites: tuple[str, ...] = ()


def main_model(rows: pl.DataFrame) -> str:
    """The model a page is about: the first of the house's order that the rows hold."""
    names = rows["model_name"].unique().sort().to_list()
    return next((name for name in words.MODELS if name in names), names[0])


def of_model(rows: pl.DataFrame, model_name: str) -> pl.DataFrame:
    """One row for each row of that model."""
    return rows.filter(pl.col("model_name") == model_name)


def of_metric(rows: pl.DataFrame, metric: str) -> pl.DataFrame:
    """One row for each row of that metric."""
    return rows.filter(pl.col("metric") == metric)


def of_attributes(rows: pl.DataFrame, attributes: Sequence[str]) -> pl.DataFrame:
    """One row for each row about one of these attributes."""
    return rows.filter(pl.col("attribute").is_in(list(attributes)))


def attributes_of(characteristics: pl.DataFrame) -> list[str]:
    """What people are grouped by in the rows, in the house's order."""
    found = set(characteristics["attribute"].to_list())
    return [name for name in words.DESCRIBED_BY if name in found]


def described_by(characteristics: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """One row for each characteristic of everyone, and of each group of the attribute.

    Characteristics that the groups are not described by (their own) are left out.
    """
    of_groups = characteristics.filter(pl.col("attribute") == attribute)
    everyone = characteristics.filter(pl.col("attribute") == "overall").join(
        of_groups.select("covariate_id").unique(), on="covariate_id", how="semi"
    )
    return pl.concat([of_groups, everyone]).sort("characteristic_number", maintain_order=True)


def metrics_of(rows: pl.DataFrame) -> list[str]:
    """The metrics the rows hold, in the house's order."""
    found = set(rows["metric"].to_list())
    return [name for name in metrics.METRICS if name in found] + sorted(
        found - set(metrics.METRICS)
    )


def models_of(rows: pl.DataFrame) -> list[str]:
    """The models the rows hold, in the house's order."""
    found = set(rows["model_name"].to_list())
    return [name for name in words.MODELS if name in found] + sorted(found - set(words.MODELS))


def with_status(checks: pl.DataFrame, *statuses: str) -> pl.DataFrame:
    """One row for each check with one of these statuses."""
    return checks.filter(pl.col("status").is_in(statuses))


def absent_tables(checks: pl.DataFrame) -> pl.DataFrame:
    """One row for each table of the contracts that the CDM has not, by name."""
    about_tables = checks.filter(pl.col("check_id").str.ends_with(".table_is_there"))
    return with_status(about_tables, "not_checked").sort("table_name")


def unchecked(checks: pl.DataFrame) -> pl.DataFrame:
    """One row for each check that says nothing, without those of tables that are not there."""
    return with_status(checks, "not_checked", "error").join(
        absent_tables(checks), on="check_id", how="anti", maintain_order="left"
    )


def with_share(checks: pl.DataFrame) -> pl.DataFrame:
    """One row for each check of rows whose share of breaking rows may be shown."""
    return checks.filter((pl.col("severity") == "row") & pl.col("share").is_not_null())


def past_limit(checks: pl.DataFrame) -> pl.DataFrame:
    """One row for each of OHDSI's checks that keeps its threshold and is past its limit.

    Of one that did not fail numbers are withheld only where it is past its limit.
    """
    is_past = pl.col("is_past_limit").fill_null(value=False) | pl.col("is_suppressed")
    return with_status(checks, "passed").filter(is_past)


def to_fix_first(checks: pl.DataFrame) -> pl.DataFrame:
    """One row for each of OHDSI's checks that failed or is past its limit: what to fix first.

    First what stops studies (as far as it is published), then what touches most of them, then the
    gravest, then the largest share.
    """
    gravest = {"fatal": 0, "convention": 1, "characterization": 2}
    n_studies = pl.col("studies").str.split(",").list.eval(pl.element().filter(pl.element() != ""))
    return (
        pl.concat([with_status(checks, "failed"), past_limit(checks)])
        .with_columns(
            n_touched=n_studies.list.len().cast(pl.Int64),
            is_past_limit=pl.col("is_past_limit").fill_null(value=False)
            & (pl.col("studies") != ""),
        )
        .sort(
            ~pl.col("is_past_limit"),
            -pl.col("n_touched"),
            pl.col("severity").replace_strict(gravest, return_dtype=pl.Int64),
            -pl.col("share").fill_null(-1.0),
            "check_id",
        )
    )


def checks_by(checks: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row for each table, kind or severity of checks: how many ended how."""
    counts = [
        (pl.col("status") == status).sum().alias(status)
        for status in ("failed", "error", "not_checked", "passed")
    ]
    return (
        checks.group_by(pl.col(name).alias("name"))
        .agg(*counts, pl.col("rule").sort().first())
        .sort("failed", "error", "name", descending=[True, True, False])
    )


def told_apart(recording: pl.DataFrame) -> pl.DataFrame:
    """One row for each measure and group of whom less or more is recorded than of others.

    Less first, and of each the furthest apart.
    """
    apart = pl.when(pl.col("ratio").is_not_null()).then(pl.col("ratio").log().abs())
    return recording.filter(pl.col("verdict").is_in(["less than others", "more than others"])).sort(
        pl.col("verdict") == "more than others",
        -apart.otherwise((pl.col("value") - pl.col("value_of_others")).abs()),
        *("title", "attribute", "group_name"),
    )


def jumps(recording: pl.DataFrame) -> pl.DataFrame:
    """One row for each measure and year that jumps from the year before, the latest first."""
    return recording.filter(pl.col("verdict").is_in(["jump down", "jump up"])).sort(
        "calendar_year", "title", descending=[True, False]
    )


def one_row(rows: pl.DataFrame, **values: str) -> dict[str, object]:
    """The first row in which each column has the value, as names and values; empty without one."""
    found = rows.filter(pl.col(column) == value for column, value in values.items())
    return found.row(0, named=True) if found.height else {}


def steps_shown(paths: pl.DataFrame) -> list[str]:
    """Every step that occurs on a path that is shown, of the most people first."""
    shown = paths.drop_nulls("n_people").sort("n_people", "pathway", descending=[True, False])
    return list(
        dict.fromkeys(step for pathway in shown["pathway"].to_list() for step in pathway.split("-"))
    )


def path_attributes(by_group: pl.DataFrame) -> list[str]:
    """What paths can be shown by, in the house's order; `overall` first."""
    found = set(by_group["attribute"].to_list())
    return [name for name in words.PATHS_BY if name in found]


def groups_of(rows: pl.DataFrame, attribute: str) -> list[str]:
    """The groups of an attribute in the order every page shows them."""
    here = rows.filter(pl.col("attribute") == attribute)
    return words.ordered_groups(attribute, here["group_name"].to_list())


def paths_of(
    paths: pl.DataFrame, by_group: pl.DataFrame, attribute: str, group: str
) -> pl.DataFrame:
    """One row for each path of a group, or for each of everyone's, the most common first."""
    if attribute == "overall":
        return paths
    return of_attributes(by_group, [attribute]).filter(pl.col("group_name") == group)


def lines_of(lines: pl.DataFrame) -> list[int]:
    """The lines of therapy that some treatment is shown of, from 1."""
    return lines.drop_nulls("n_people")["line_number"].unique().sort().to_list()


def of_line(rows: pl.DataFrame, line_number: int) -> pl.DataFrame:
    """One row for each row of that line of therapy."""
    return rows.filter(pl.col("line_number") == line_number)


def following(lines: pl.DataFrame) -> pl.DataFrame:
    """One row for each treatment of a line and part of what follows it that is shown.

    A sum (`ends`) stands where none of its parts is shown.
    """
    shown = lines.filter(pl.col("what_follows") != "starts").drop_nulls("share")
    shown = shown.filter(pl.col("n_people") > 0)
    kept = [shown.filter(~pl.col("what_follows").is_in(words.PARTS_OF_WHAT_FOLLOWS.keys()))]
    for whole, parts in words.PARTS_OF_WHAT_FOLLOWS.items():
        in_parts = shown.filter(pl.col("what_follows").is_in(parts))
        kept.append(
            shown.filter(pl.col("what_follows") == whole).join(in_parts, on="treatment", how="anti")
        )
    return pl.concat(kept)


def of_measure(durations: pl.DataFrame, measure: str) -> pl.DataFrame:
    """One row for each row of that measure of days, without those of all treatments."""
    return durations.filter(pl.col("measure") == measure)


def group_verdicts(audit: pl.DataFrame) -> dict[tuple[str, str], str]:
    """What the audit says of each (attribute, group), over all its metrics.

    A disparity in one metric is the group's verdict, and next a difference that risks explain; a
    group is "within limit" when at least one metric could be judged and none breached.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for row in audit.filter(pl.col("attribute") != "overall").iter_rows(named=True):
        found.setdefault((row["attribute"], row["group_name"]), set()).add(row["verdict"])
    order = (
        "disparity",
        "reference",
        "differs as risks do",
        "within limit",
        "too few to judge",
        "too few to show",
        "not judged",
    )
    return {
        group: next((verdict for verdict in order if verdict in verdicts), "too few to show")
        for group, verdicts in found.items()
    }


def age_bands_of(people: pl.DataFrame) -> list[str]:
    """The age bands of the people, youngest first."""
    return words.ordered_groups("age_band", (age_band(age) for age in people["age"].to_list()))


def chosen_people(people: pl.DataFrame, chosen: RiskFilters) -> pl.DataFrame:
    """One row for each row of the risk list that passes every filter."""
    bands = pl.Series([age_band(age) for age in people["age"].to_list()], dtype=pl.String)
    kept = people.with_columns(shown_age_band=bands).filter(pl.col("risk_rank") <= chosen.capacity)
    if chosen.sexes:
        kept = kept.filter(pl.col("sex").is_in(chosen.sexes))
    if chosen.age_bands:
        kept = kept.filter(pl.col("shown_age_band").is_in(chosen.age_bands))
    if chosen.care_sites:
        kept = kept.filter(pl.col("care_site_id").cast(pl.String).is_in(chosen.care_sites))
    return kept.drop("shown_age_band")
