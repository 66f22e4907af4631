"""Who belongs to which group, and in which order groups are always shown.

Groups come from what is recorded about a person. Nothing recorded is the group Unknown: it is
never dropped, and never guessed.
"""

import polars as pl

from analytics.days import AGE_BANDS, age_band
from analytics.errors import RunFailedError, near_miss

ATTRIBUTES = ("sex", "age_band", "race", "ethnicity")
UNKNOWN = "Unknown"

GROUP_ORDER: dict[str, tuple[str, ...]] = {
    "sex": ("Female", "Male", UNKNOWN),
    "age_band": tuple(age_band(first) for first, _ in AGE_BANDS),
    "race": (
        "American Indian or Alaska Native",
        "Asian",
        "Black or African American",
        "Native Hawaiian or Pacific Islander",
        "White",
        "More than one race",
        UNKNOWN,
    ),
    "ethnicity": ("Hispanic or Latino", "Not Hispanic or Latino", UNKNOWN),
}


def group_people(people: pl.DataFrame, attributes: tuple[str, ...] = ATTRIBUTES) -> pl.DataFrame:
    """One row for each row of `people`, in its order, with a column for each attribute.

    `people` has `age` at index (whole years) for `age_band`, and `sex`, `race`, `ethnicity`
    as text for those asked for. Null and empty text become Unknown.
    """
    columns = {name: "age" if name == "age_band" else name for name in attributes}
    for name, column in columns.items():
        if column not in people.columns:
            raise RunFailedError(
                f"the audit asks for the attribute '{name}', but the people have no column "
                f"'{column}'.{near_miss(column, people.columns)} They have: "
                f"{', '.join(people.columns)}. Attributes are {', '.join(ATTRIBUTES)}."
            )
    return people.select(
        _age_band() if name == "age_band" else _recorded_or_unknown(column)
        for name, column in columns.items()
    )


def in_fixed_order(attribute: str, groups: list[str]) -> list[str]:
    """The groups in the order of every table and page; ones not foreseen come last, by name."""
    known = GROUP_ORDER.get(attribute, ())
    return sorted(groups, key=lambda each: (known.index(each) if each in known else 99, each))


def _age_band() -> pl.Expr:
    return (
        pl.col("age")
        .cast(pl.Int64)
        .map_elements(age_band, return_dtype=pl.String)
        .fill_null(UNKNOWN)
        .alias("age_band")
    )


def _recorded_or_unknown(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return (
        pl.when(text.is_null() | (text == "")).then(pl.lit(UNKNOWN)).otherwise(text).alias(column)
    )
