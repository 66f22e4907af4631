"""The tables of the pages: a mart's rows under headings in plain words."""

from collections.abc import Mapping

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboards import words
from dashboards.choosing import metrics_of, models_of, of_metric

ROWS_WITHOUT_SCROLLING = 20
VERDICT_SIGNS = {
    "within limit": "●",
    "differs as risks do": "◇",
    "disparity": "◆",
    "too few to judge": "○",
    "too few to show": "–",
    "reference": "■",
    "not judged": "·",
    "more than others": "◆",
    "less than others": "◇",
    "first rule": "",
}
STATUS_SIGNS = {"ran": "● ran", "reused": "○ reused"}


def attrition(rows: pl.DataFrame) -> None:
    """What each rule leaves: rows, people, outcomes; notes are marked as such."""
    shown = rows.with_columns(
        pl.when("is_applied").then(pl.lit("rule")).otherwise(pl.lit("note only")).alias("kind")
    )
    table(
        shown,
        {
            "step_number": st.column_config.NumberColumn("Step", width="small"),
            "rule": st.column_config.TextColumn("What it asks", width="large"),
            "kind": st.column_config.TextColumn(
                "Kind", width="small", help="A note counts people and removes nobody."
            ),
            "n_people": count("People"),
            "n_rows": count("Index dates"),
            "n_people_with_outcome": count("People with the outcome"),
            "n_outcomes": count("Outcomes"),
        },
    )


def cohort(rows: pl.DataFrame) -> None:
    """What each rule of a cohort's definition leaves."""
    table(
        rows,
        {
            "rule_number": st.column_config.NumberColumn("Rule", width="small"),
            "rule": st.column_config.TextColumn("What it asks", width="large"),
            "n_people": count("People"),
            "n_rows": count("Rows"),
        },
    )


def cohorts(rows: pl.DataFrame) -> None:
    """Each cohort with its people and rows."""
    table(
        rows.with_columns(
            says=pl.col("described").map_elements(words.what_it_is, return_dtype=pl.String),
        ),
        {
            "title": st.column_config.TextColumn("Cohort", width="medium"),
            "says": st.column_config.TextColumn("What it is", width="large"),
            "n_people": count("People"),
            "n_rows": count("Rows"),
        },
    )


def index_events(rows: pl.DataFrame) -> None:
    """Each concept that opens the cohort, with its records and people."""
    table(
        rows.with_columns(pl.col("cdm_table").str.replace_all("_", " ")),
        {
            "cdm_table": st.column_config.TextColumn("Table", width="small"),
            "concept_id": st.column_config.NumberColumn("Concept", format="%d", width="small"),
            "concept_name": st.column_config.TextColumn("Name", width="large"),
            "n_people": count("People, about"),
            "n_records": count("Records, about"),
        },
    )


def overlaps(rows: pl.DataFrame, cohorts: pl.DataFrame, cohort: str) -> None:
    """Each other cohort: people in both, and in the other as a whole."""
    other = pl.when(pl.col("cohort_name") == cohort).then("other_cohort_name")
    others = cohorts.select("cohort_name", "title", n_people_of_other="n_people")
    table(
        rows.select("n_people_in_both", cohort_name=other.otherwise("cohort_name")).join(
            others, on="cohort_name", how="left", maintain_order="left"
        ),
        {
            "title": st.column_config.TextColumn("Other cohort", width="large"),
            "n_people_in_both": count("People in both, about"),
            "n_people_of_other": count("People in the other"),
        },
    )


def orphans(rows: pl.DataFrame) -> None:
    """Each orphan concept: of which set, why it looks so, how often it is recorded."""
    why = pl.concat_str(
        pl.when("is_like_in_name").then(pl.lit("name")),
        pl.when("is_parent").then(pl.lit("stands above")),
        pl.when("is_sibling").then(pl.lit("stands beside")),
        separator=", ",
        ignore_nulls=True,
    )
    table(
        rows.with_columns(why=why),
        {
            "concept_id": st.column_config.NumberColumn("Concept", format="%d", width="small"),
            "concept_name": st.column_config.TextColumn("Name", width="large"),
            "vocabulary_id": st.column_config.TextColumn("Vocabulary", width="small"),
            "why": st.column_config.TextColumn("Why", width="medium"),
            "n_people": count("People, about"),
            "n_records": count("Records, about"),
            "concept_set": st.column_config.TextColumn("Concept set", width="medium"),
        },
    )


def cohort_groups(rows: pl.DataFrame) -> None:
    """Whether each rule of a cohort removes as much of each group as of the others."""
    attribute = str(rows["attribute"].to_list()[0])
    shown = [
        {
            **row,
            "said": f"{VERDICT_SIGNS.get(row['verdict'], '')} {words.VERDICTS[row['verdict']]}",
        }
        for number in rows["rule_number"].unique().sort().to_list()
        if number > 1
        for here in [rows.filter(pl.col("rule_number") == number)]
        for group in words.ordered_groups(attribute, here["group_name"].to_list())
        for row in here.filter(pl.col("group_name") == group).iter_rows(named=True)
    ]
    table(
        pl.DataFrame(shown, infer_schema_length=None),
        {
            "rule_number": st.column_config.NumberColumn("Rule", width="small"),
            "rule": st.column_config.TextColumn("What it asks", width="large"),
            "group_name": st.column_config.TextColumn("Group", width="medium"),
            "n_people": count("People, about"),
            "said": st.column_config.TextColumn("Verdict", width="medium"),
        },
    )


def characteristics(rows: pl.DataFrame) -> None:
    """Each characteristic of everyone and of each group, and the largest difference among them."""
    attributes = [name for name in rows["attribute"].unique().to_list() if name != "overall"]
    of_groups = rows.filter(pl.col("attribute") != "overall")
    shown_groups = of_groups.drop_nulls("share")["group_name"].to_list()
    groups = words.ordered_groups(attributes[0], shown_groups)
    columns = ("Everyone", *groups)
    shown = []
    for number in rows["characteristic_number"].unique().sort().to_list():
        here = rows.filter(pl.col("characteristic_number") == number)
        by_group = {str(row["group_name"]): row for row in here.iter_rows(named=True)}
        any_row = here.row(0, named=True)
        shown.append(
            {
                "section": words.SECTIONS.get(any_row["section"], any_row["section"]),
                "characteristic": any_row["characteristic"],
                **{
                    name: words.characteristic(by_group[name]) if name in by_group else "–"
                    for name in columns
                },
                "difference": _largest_difference(here, names_group=len(groups) > 2),
            }
        )
    sizes = {str(row["group_name"]): row["n_rows_of_group"] for row in rows.iter_rows(named=True)}
    table(
        pl.DataFrame(shown, infer_schema_length=None),
        {
            "section": st.column_config.TextColumn("Part", width=140),
            "characteristic": st.column_config.TextColumn("Characteristic", width="large"),
            **{
                name: st.column_config.TextColumn(
                    name, help=f"Index dates: {words.count(sizes.get(name))}"
                )
                for name in columns
            },
            "difference": st.column_config.TextColumn(
                "Difference (SMD)", help="The largest standardised mean difference of a group."
            ),
        },
    )


def _largest_difference(rows: pl.DataFrame, *, names_group: bool) -> str:
    compared = rows.drop_nulls("standardised_difference").sort(
        -pl.col("standardised_difference").abs(), "group_name"
    )
    if compared.is_empty():
        return "–"
    row = compared.row(0, named=True)
    said = words.standardised(row["standardised_difference"])
    return f"{said} ({row['group_name']})" if names_group else said


def performance(rows: pl.DataFrame) -> None:
    """Each metric with its interval, one column for each model; how to read them below."""
    models = models_of(rows)
    shown = []
    for name in metrics_of(rows):
        by_model = {
            str(row["model_name"]): words.value_with_interval(row)
            for row in of_metric(rows, name).iter_rows(named=True)
        }
        shown.append(
            {
                "metric": words.metric(name).label,
                **{model: by_model.get(model, "–") for model in models},
            }
        )
    table(
        pl.DataFrame(shown),
        {
            "metric": st.column_config.TextColumn("Metric (95 % interval)", width="medium"),
            **{model: st.column_config.TextColumn(words.model(model)) for model in models},
        },
        empty="–",
    )
    with st.expander("How to read these metrics", icon=":material/help:"):
        st.markdown(
            "\n".join(
                f"- **{words.metric(name).label}.** {words.metric(name).reading}"
                for name in metrics_of(rows)
            )
        )


def audit(rows: pl.DataFrame, metric: str) -> None:
    """Each group's metric, its difference from the reference group, and the verdict in words."""
    shown = []
    for attribute in words.ATTRIBUTES:
        here = of_metric(rows, metric).filter(pl.col("attribute") == attribute)
        by_name = {str(row["group_name"]): row for row in here.iter_rows(named=True)}
        for group in words.ordered_groups(attribute, by_name):
            row = by_name[group]
            verdict = str(row["verdict"])
            shown.append(
                {
                    "attribute": words.ATTRIBUTES[attribute],
                    "group": group,
                    "n_people": row["n_people"],
                    "n_people_with_outcome": row["n_people_with_outcome"],
                    "value": words.value_with_interval(row),
                    "difference": words.difference(row),
                    "verdict": f"{VERDICT_SIGNS.get(verdict, '')} "
                    f"{words.VERDICTS.get(verdict, verdict)}",
                }
            )
    table(
        pl.DataFrame(shown, infer_schema_length=None),
        {
            "attribute": st.column_config.TextColumn("Attribute"),
            "group": st.column_config.TextColumn("Group", width="medium"),
            "n_people": count("People"),
            "n_people_with_outcome": count("With the outcome"),
            "value": st.column_config.TextColumn(words.metric(metric).label),
            "difference": st.column_config.TextColumn(
                "Difference from reference",
                help="With its 95 % interval; of shares, in percentage points.",
            ),
            "verdict": st.column_config.TextColumn("Verdict", width="medium"),
        },
    )


def checks(rows: pl.DataFrame) -> None:
    """Each broken check: where, what it asks, how many rows, and the limit."""
    place = pl.concat_str("table_name", "column_name", separator=".", ignore_nulls=True)
    table(
        rows.with_columns(pl.col("share") * 100, pl.col("limit_share") * 100, place.alias("place")),
        {
            "severity": st.column_config.TextColumn("Severity", width="small"),
            "place": st.column_config.TextColumn("Where", width="medium"),
            "rule": st.column_config.TextColumn("What the contract asks", width="large"),
            "n_violated": count("Rows broken"),
            "n_rows": count("Of rows"),
            "share": st.column_config.NumberColumn("Share", format="%.1f %%"),
            "limit_share": st.column_config.NumberColumn(
                "Limit", format="%.0f %%", help="The share past which a run stops."
            ),
        },
        empty="–",
    )


def unchecked(rows: pl.DataFrame) -> None:
    """Each check that says nothing, and why."""
    said = {"not_checked": "not made", "error": "ended in an error"}
    table(
        rows.with_columns(pl.col("status").replace(said)),
        {
            "table_name": st.column_config.TextColumn("Table"),
            "column_name": st.column_config.TextColumn("Column"),
            "rule": st.column_config.TextColumn("What the contract asks", width="medium"),
            "status": st.column_config.TextColumn("Status", width="small"),
            "message": st.column_config.TextColumn("Why", width="large"),
        },
        empty="–",
    )


def runs(rows: pl.DataFrame) -> None:
    """What was done, for which study, on how many people, and how long it took."""
    shown = rows.with_columns(
        pl.when(pl.col("study") == "").then(pl.lit("all studies")).otherwise("study").alias("for"),
        pl.col("status").replace(STATUS_SIGNS),
    )
    table(
        shown,
        {
            "finished_at": st.column_config.DatetimeColumn(
                "Finished (UTC)", format="D MMM YYYY, HH:mm:ss"
            ),
            "for": st.column_config.TextColumn("Study"),
            "step": st.column_config.TextColumn("Step", width="medium"),
            "status": st.column_config.TextColumn(
                "Status", width="small", help="Reused: nothing it depends on had changed."
            ),
            "n_people": count("People"),
            "seconds": st.column_config.NumberColumn("Seconds", format="%.1f"),
            "run_id": st.column_config.TextColumn("Run"),
        },
        empty="–",
    )


def risk_list(rows: pl.DataFrame) -> int:
    """The people by risk; the number of the row the reader chose, the first until then."""
    shown = rows.with_columns(pl.col("risk") * 100)
    columns = {
        "risk_rank": st.column_config.NumberColumn("Place", width="small"),
        "person_id": st.column_config.NumberColumn("Person", format="%d", width="small"),
        "risk": st.column_config.ProgressColumn(
            "Risk", format="%.1f %%", min_value=0, max_value=100, width="medium"
        ),
        "age": st.column_config.NumberColumn("Age", width="small"),
        "sex": st.column_config.TextColumn("Sex", width="small"),
        "reason_1": st.column_config.TextColumn("First reason", width="large"),
        "reason_2": st.column_config.TextColumn("Second reason", width="large"),
        "care_site_id": st.column_config.NumberColumn("Care site", format="%d", width="small"),
        "index_date": st.column_config.DateColumn("Risk counts from", format="D MMM YYYY"),
    }
    event = st.dataframe(
        shown.select(*columns),
        column_config=columns,
        hide_index=True,
        width="stretch",
        height="content" if rows.height <= ROWS_WITHOUT_SCROLLING else 560,
        on_select="rerun",
        selection_mode="single-row",
        key="chosen_person",
    )
    chosen = event["selection"]["rows"]
    return int(chosen[0]) if chosen and chosen[0] < rows.height else 0


def exports(rows: pl.DataFrame) -> None:
    """Who took which list, when and why."""
    table(
        rows,
        {
            "exported_at": st.column_config.TextColumn("When (UTC)"),
            "user": st.column_config.TextColumn("Who"),
            "purpose": st.column_config.TextColumn("Purpose", width="medium"),
            "filters": st.column_config.TextColumn("Part of the list", width="medium"),
            "n_people": count("People"),
            "file_name": st.column_config.TextColumn("File"),
            "file_hash": st.column_config.TextColumn("SHA-256 of the file", width="small"),
        },
        empty="–",
    )


def count(label: str) -> ColumnConfig:
    """The column of a count."""
    # Wide enough for its label, and for the word that stands where a count is withheld.
    return st.column_config.NumberColumn(
        label, format="localized", width=max(92, 30 + 7 * len(label))
    )


def table(
    rows: pl.DataFrame, columns: Mapping[str, ColumnConfig], *, empty: str = words.WITHHELD
) -> None:
    """The rows across the page; `empty` stands where there is no value."""
    st.dataframe(
        rows.select(*columns),
        column_config=columns,
        hide_index=True,
        width="stretch",
        height="content" if rows.height <= ROWS_WITHOUT_SCROLLING else 560,
        placeholder=empty,
    )
