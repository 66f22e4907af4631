"""The text of a select, as a person would lay it out: one thought a line, four spaces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

INDENT = "    "
LONGEST_LINE = 92
JINJA_BRACE = re.compile(r"\{(?=[{%#])")
MACRO_CALL = re.compile(r"\{\{ (.*?) \}\}")


@dataclass(frozen=True, kw_only=True)
class Cte:
    """A named part of a model: the select, and what it holds in words.

    `words` are its name as a person would write it, where the name alone cannot say it (`8.25`).
    """

    name: str
    body: str
    comment: str = ""
    words: str = ""

    @property
    def in_words(self) -> str:
        """What it holds, as part of a sentence."""
        return self.words or self.name.replace("_", " ").strip()


@dataclass(frozen=True, kw_only=True)
class Join:
    """A relation joined to those before it."""

    relation: str
    on: tuple[str, ...]
    kind: str = "inner join"


def select_text(
    *,
    columns: Sequence[str],
    source: str,
    joins: Sequence[Join] = (),
    where: Sequence[str] = (),
    group_by: Sequence[str] = (),
    having: str = "",
) -> str:
    """One select; conditions are put together with `and`."""
    if tuple(columns) == ("*",) and not (joins or where or group_by):
        return f"select * from {source}"
    is_star = len(columns) == 1 and columns[0].endswith("*")
    select = f"select {columns[0]}" if is_star else _list_text("select", columns)
    parts = [select, f"from {source}"]
    for join in joins:
        on = _all_of("on", join.on)
        parts.append(f"{join.kind} {join.relation}\n{indent(on, INDENT)}")
    if where:
        parts.append(_all_of("where", where))
    if group_by:
        short = f"group by {', '.join(group_by)}"
        parts.append(short if len(short) <= LONGEST_LINE else _list_text("group by", group_by))
    if having:
        parts.append(f"having {having}")
    return "\n".join(parts)


def row_number(partition: str, order: Sequence[str], name: str) -> str:
    """A column that numbers the rows of each person in an order."""
    by = f"order by {', '.join(order)}"
    if len(by) > LONGEST_LINE:
        by = _list_text("order by", order)
    window = indent(f"partition by {partition}\n{by}", INDENT)
    return f"row_number() over (\n{window}\n) as {name}"


def in_select(expression: str, relation: str, column: str, *, negated: bool = False) -> str:
    """`expression in (select ...)`, broken where it would be too long for a line."""
    word = "not in" if negated else "in"
    inner = f"select {relation}.{column} from {relation}"
    line = f"{expression} {word} ({inner})"
    if len(line) <= LONGEST_LINE:
        return line
    if len(inner) <= LONGEST_LINE:
        return f"{expression} {word} (\n{INDENT}{inner}\n)"
    broken = indent(inner.replace(" from ", "\nfrom ", 1), INDENT)
    return f"{expression} {word} (\n{broken}\n)"


def any_of(*conditions: str) -> str:
    """Conditions of which one must hold, in parentheses."""
    return "(\n" + indent("\nor ".join(conditions), INDENT) + "\n)"


def compared(left: str, operator: str, right: str) -> str:
    """A comparison, in two lines where it would be too long for one."""
    line = f"{left} {operator} {right}"
    return line if len(line) <= LONGEST_LINE else f"{left}\n{operator} {right}"


def add_days(expression: str, days: int | str) -> str:
    """A date some days later, by macro; the date itself for no days."""
    if days == 0:
        return expression
    n_days = _argument(days) if isinstance(days, str) else str(days)
    return f"{{{{ add_days({_argument(expression)}, {n_days}) }}}}"


def days_between(first: str, last: str) -> str:
    """Whole days from one date to another, by macro."""
    line = f"{{{{ days_between({_argument(first)}, {_argument(last)}) }}}}"
    if len(line) <= LONGEST_LINE:
        return line
    arguments = indent(f"{_argument(first)},\n{_argument(last)}", INDENT)
    return f"{{{{ days_between(\n{arguments}\n) }}}}"


def _argument(expression: str) -> str:
    """SQL as the argument of a macro; calls of macros inside it are joined to its text."""
    parts = MACRO_CALL.split(" ".join(expression.split()))
    texts = [part if is_call else _in_quotes(part) for is_call, part in _told_apart(parts) if part]
    return " ~ ".join(texts)


def _in_quotes(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


def _told_apart(parts: Sequence[str]) -> list[tuple[bool, str]]:
    return [(position % 2 == 1, part) for position, part in enumerate(parts)]


def comment_text(words: str) -> str:
    """A comment in lines that fit a screen."""
    lines: list[str] = []
    plain = JINJA_BRACE.sub("( ", words)  # jinja would take what stands in a comment for its own
    for paragraph in plain.splitlines():
        line = "--"
        for word in paragraph.split():
            if len(line) + 1 + len(word) > LONGEST_LINE + 6 and line != "--":
                lines.append(line)
                line = "--"
            line = f"{line} {word}"
        lines.append(line)
    return "\n".join(lines)


def model_text(header: str, ctes: Sequence[Cte]) -> str:
    """A whole model: header, `with`, the parts, and a select of the last of them."""
    parts = []
    for cte in ctes:
        comment = f"{comment_text(cte.comment)}\n" if cte.comment else ""
        parts.append(f"{comment}{cte.name} as (\n\n{indent(cte.body, INDENT)}\n\n)")
    return (
        f"{comment_text(header)}\nwith\n\n"
        + ",\n\n".join(parts)
        + f"\n\nselect * from {ctes[-1].name}\n"
    )


def _list_text(keyword: str, items: Sequence[str]) -> str:
    return f"{keyword}\n" + ",\n".join(indent(item, INDENT) for item in items)


def _all_of(keyword: str, conditions: Sequence[str]) -> str:
    if len(conditions) == 1 and "\n" not in conditions[0]:
        return f"{keyword} {conditions[0]}"
    return f"{keyword}\n" + indent("\nand ".join(conditions), INDENT)
