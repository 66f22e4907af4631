"""The risk list as a file: the mart's rows in plain words, and what a reader must know."""

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from analytics.errors import BadInputError, near_miss
from analytics.exports.log import ExportRecord, append_to_log
from analytics.exports.safe_text import make_safe, make_texts_safe
from analytics.exports.spreadsheets import write_about, write_csv, write_xlsx

ExportFormat = Literal["csv", "xlsx"]
FORMATS: tuple[ExportFormat, ...] = ("csv", "xlsx")

IN_PLAIN_WORDS = {
    "risk_rank": "Place by risk",
    "person_id": "Person",
    "risk_in_words": "Risk in words",
    "risk": "Risk (0 to 1)",
    "is_flagged": "Within capacity",
    "reason_1": "Reason 1",
    "reason_2": "Reason 2",
    "reason_3": "Reason 3",
    "reason_4": "Reason 4",
    "reason_5": "Reason 5",
    "age": "Age",
    "sex": "Sex",
    "care_site_id": "Care site",
    "index_date": "Risk counts from",
    "as_of_date": "Data up to",
    "model_id": "Model",
    "run_id": "Run",
}
NOT_EFFECT = (
    "Risk is not the effect of treatment: a high risk says who may need help, "
    "not what helps, and a reason is not a cause."
)
INTENDED_USE = (
    "Supports a care team's decision whom to contact; it does not replace clinical judgement."
)


def export_risk_list(
    risk_list: pl.DataFrame,
    out: Path,
    *,
    format: ExportFormat,
    study: str,
    user: str,
    purpose: str,
    exported_at: datetime,
    log: Path,
    filters: str = "everyone on the list",
    study_title: str = "",
    intended_use: str = INTENDED_USE,
) -> ExportRecord:
    """Write the risk list to `out` as CSV or XLSX and log who took it, when and for what purpose.

    `risk_list` has one row for each person and index date, in the columns of the mart
    `risk_list`; rows are written by `risk_rank`. `filters` says in words which part of the list
    this is. The entry is in the log before the file gets its name. An XLSX carries what a
    reader must know on a sheet "About", a CSV in `<out>.about.txt`.
    """
    _check_request(risk_list, out, format=format, study=study, purpose=purpose, user=user)
    safe = make_texts_safe(_in_plain_words(risk_list))
    about = _about(
        risk_list,
        study=study_title or study,
        purpose=purpose,
        filters=filters,
        exported=f"{exported_at:%Y-%m-%d %H:%M} UTC by {user}",
        intended_use=intended_use,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if format == "xlsx":
            write_xlsx(safe, about, aside, at=exported_at)
        else:
            write_csv(safe, aside)
        record = ExportRecord(
            exported_at=exported_at,
            user=user,
            purpose=purpose,
            study=study,
            kind=f"risk list, {format}",
            file_name=out.name,
            file_hash=hashlib.sha256(aside.read_bytes()).hexdigest(),
            filters=filters,
            columns=tuple(safe.columns),
            n_rows=risk_list.height,
            n_people=risk_list["person_id"].n_unique(),
            model_id=_all_of(risk_list, "model_id"),
            run_id=_all_of(risk_list, "run_id"),
        )
        append_to_log(record, log)
        if format == "csv":
            write_about(about, out.with_name(f"{out.name}.about.txt"))
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
    return record


def _check_request(
    risk_list: pl.DataFrame, out: Path, *, format: str, study: str, purpose: str, user: str
) -> None:
    if format not in FORMATS:
        raise BadInputError(
            f"'{format}' is not a format of an export.{near_miss(format, FORMATS)} "
            f"Choose one of: {', '.join(FORMATS)}."
        )
    if out.is_dir():
        raise BadInputError(
            f"{out} is a folder. Name the file to write, e.g. {out / f'list.{format}'}."
        )
    if not purpose.strip() or not user.strip():
        raise BadInputError(
            "An export of people needs a purpose and a user, for the log. "
            "Say what the list is for, e.g. 'discharge calls, week 23'."
        )
    missing = [name for name in IN_PLAIN_WORDS if name not in risk_list.columns]
    if missing:
        raise BadInputError(
            f"The risk list of {study} lacks the columns {', '.join(missing)}. "
            "Publish again: the mart risk_list promises them."
        )
    if risk_list.is_empty():
        raise BadInputError(
            f"The risk list of {study} has nobody on it. "
            f"Loosen the filters, or predict for {study} first."
        )


def _in_plain_words(risk_list: pl.DataFrame) -> pl.DataFrame:
    """One row for each row of `risk_list`, by rank, in the order and words of a reader."""
    return (
        risk_list.sort("risk_rank", "person_id", "index_date")
        .with_columns(
            pl.when("is_flagged").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("is_flagged"),
            pl.col("risk").round(4),
        )
        .select(pl.col(name).alias(words) for name, words in IN_PLAIN_WORDS.items())
    )


def _about(
    risk_list: pl.DataFrame,
    *,
    study: str,
    purpose: str,
    filters: str,
    exported: str,
    intended_use: str,
) -> Mapping[str, str]:
    about = {
        "What this is": f"Risk list of {study}",
        "People": f"{risk_list['person_id'].n_unique()} people, {risk_list.height} rows",
        "Which part of the list": filters,
        "Data up to": _all_of(risk_list, "as_of_date"),
        "Exported": exported,
        "Purpose": purpose,
        "Intended use": intended_use,
        "Caution": NOT_EFFECT,
        "Model": _all_of(risk_list, "model_id"),
        "Run": _all_of(risk_list, "run_id"),
        "Care of this file": (
            "It lists people. Keep it where such files may be, and delete it after use."
        ),
    }
    return {name: make_safe(text) for name, text in about.items()}


def _all_of(frame: pl.DataFrame, column: str) -> str:
    return ", ".join(str(value) for value in frame[column].unique().sort().to_list())
