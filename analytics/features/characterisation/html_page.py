"""Table 1 as one page: it needs nothing but itself, and prints on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from analytics.features.characterisation.characteristics import EVERYONE, OVERALL

WORTH_A_LOOK = 0.1
WITHHELD = "<span class='quiet'>withheld</span>"
STYLE = """
:root { --line: #d8dee4; --quiet: #57606a; --mark: #8a4b08; }
body { font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; color: #1f2328;
  margin: 0 auto; max-width: 1280px; padding: 28px 20px 60px; background: #fff; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 34px 0 6px; }
.quiet { color: var(--quiet); font-size: 12px; } p { max-width: 76ch; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px 4px 0; text-align: right; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 22em;
  max-width: 34em; }
thead th { border-bottom: 2px solid #1f2328; vertical-align: bottom; }
tr.section th { text-align: left; padding-top: 14px; border-bottom: 1px solid #1f2328; }
.difference { display: block; font-size: 12px; color: var(--quiet); }
.difference.far { color: var(--mark); font-weight: 600; }
@media print { body { max-width: none; padding: 0; font-size: 10px; }
  .scroll { overflow: visible; } tr { break-inside: avoid; } thead { display: table-header-group; }
  h2 { break-after: avoid; } table { margin-bottom: 12px; } @page { size: landscape; } }
"""


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """What the page says of itself: its title, and one line for each thing a reader must know.

    `attributes` are the attributes to show beside everyone, each with its heading.
    """

    title: str
    said: Sequence[str]
    attributes: Mapping[str, str]


def table_1_page(compared: pl.DataFrame, chosen: pl.DataFrame, words: PageWords) -> str:
    """The page: one table for each attribute, one line for each covariate that was chosen.

    `compared` is disclosed (`disclose`) and has differences (`compare_groups`); `chosen` comes from
    `choose_characteristics`.
    """
    tables = "\n".join(
        _table(compared, chosen, name, heading)
        for name, heading in (words.attributes or {OVERALL: EVERYONE}).items()
    )
    said = "\n".join(f"<p class='quiet'>{escape(line)}</p>" for line in words.said)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(words.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(words.title)}</h1>\n{said}\n{tables}\n</body>\n</html>\n"
    )


def _table(compared: pl.DataFrame, chosen: pl.DataFrame, attribute: str, heading: str) -> str:
    columns = _columns(compared, attribute)
    cells = {
        (row["attribute"], row["group_name"], row["covariate_id"]): row
        for row in compared.filter(
            pl.col("attribute").is_in([OVERALL, attribute]),
            pl.col("covariate_id").is_in(chosen["covariate_id"].implode()),
        ).iter_rows(named=True)
    }
    heads = "".join(_head(column) for column in columns)
    lines: list[str] = []
    section = ""
    for row in chosen.iter_rows(named=True):
        if row["section"] != section:
            section = str(row["section"])
            lines.append(
                f"<tr class='section'><th colspan='{len(columns) + 1}'>{escape(section)}</th></tr>"
            )
        places = [(each["attribute"], each["group_name"], row["covariate_id"]) for each in columns]
        values = "".join(f"<td>{_cell(cells.get(place))}</td>" for place in places)
        lines.append(f"<tr><td>{escape(str(row['covariate_name']))}</td>{values}</tr>")
    body = "\n".join(lines)
    return (
        f"<h2>{escape(heading)}</h2>\n<div class='scroll'><table>\n"
        f"<thead><tr><th>Covariate</th>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
        "</table></div>"
    )


def _columns(compared: pl.DataFrame, attribute: str) -> list[dict[str, object]]:
    """Everyone, then the groups of the attribute: the reference group first, then by name."""
    columns = ["attribute", "group_name", "n_rows_of_group", "n_people_of_group", "reference_group"]
    groups = compared.select(columns).unique(maintain_order=True)
    everyone = groups.filter(pl.col("attribute") == OVERALL, pl.col("group_name") == EVERYONE)
    others = groups.filter(pl.col("attribute") == attribute, pl.col("attribute") != OVERALL).sort(
        pl.col("group_name") != pl.col("reference_group"), "group_name"
    )
    return pl.concat([everyone, others]).to_dicts()


def _head(column: Mapping[str, object]) -> str:
    n_people, n_rows = column["n_people_of_group"], column["n_rows_of_group"]
    if n_people is None:
        said = "too few to show"
    elif n_people == n_rows:
        said = f"n = {n_people:,}"
    else:
        said = f"{n_people:,} people, {n_rows:,} rows"
    is_reference = column["group_name"] == column["reference_group"]
    reference = "<br><span class='quiet'>reference</span>" if is_reference else ""
    return (
        f"<th>{escape(str(column['group_name']))}<br><span class='quiet'>{said}</span>"
        f"{reference}</th>"
    )


def _cell(row: Mapping[str, object] | None) -> str:
    if row is None or row["share"] is None:
        return WITHHELD
    if row["is_binary"]:
        value = f"{percent(row['share'])} <span class='quiet'>({row['n_rows']:,})</span>"
    elif row["mean"] is None:
        value = "–"
    else:
        value = f"{number(row['mean'])} ({number(row['sd'])})"
        if row["median"] is not None:
            ends = [row["p25"], row["p75"]]
            between = "" if None in ends else f" [{number(ends[0])} to {number(ends[1])}]"
            value += f"<br><span class='quiet'>median {number(row['median'])}{between}</span>"
    return value + _difference(row["standardised_difference"])


def _difference(value: object) -> str:
    if not isinstance(value, float):
        return ""
    kind = " far" if abs(value) >= WORTH_A_LOOK else ""
    return f"<span class='difference{kind}'>SMD {value:+.2f}</span>".replace("-", "−")


def percent(share: object) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * share:.1f} %" if isinstance(share, float) else ""


def number(value: object) -> str:
    """A value with as many digits as it needs to be read."""
    if not isinstance(value, float):
        return "–"
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"
