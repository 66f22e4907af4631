"""Tables of a study: characteristics (Table 1), metrics of models, the audit of groups."""

import polars as pl
import streamlit as st

from dashboards import amounts, metrics, words
from dashboards.choosing import metrics_of, models_of, of_metric
from dashboards.tables import count, table
from dashboards.words import VERDICT_SIGNS


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
                    name: amounts.characteristic(by_group[name]) if name in by_group else "–"
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
                    name, help=f"Index dates: {amounts.count(sizes.get(name))}"
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
    said = amounts.standardised(row["standardised_difference"])
    return f"{said} ({row['group_name']})" if names_group else said


def performance(rows: pl.DataFrame) -> None:
    """Each metric with its interval, one column for each model; how to read them below."""
    models = models_of(rows)
    shown = []
    for name in metrics_of(rows):
        by_model = {
            str(row["model_name"]): metrics.value_with_interval(row)
            for row in of_metric(rows, name).iter_rows(named=True)
        }
        shown.append(
            {
                "metric": metrics.metric(name).label,
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
                f"- **{metrics.metric(name).label}.** {metrics.metric(name).reading}"
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
                    "value": metrics.value_with_interval(row),
                    "difference": metrics.difference(row),
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
            "value": st.column_config.TextColumn(metrics.metric(metric).label),
            "difference": st.column_config.TextColumn(
                "Difference from reference",
                help="With its 95 % interval; of shares, in percentage points.",
            ),
            "verdict": st.column_config.TextColumn("Verdict", width="medium"),
        },
    )
