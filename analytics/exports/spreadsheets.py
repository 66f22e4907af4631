"""Writes a frame and its caution as CSV or XLSX, byte for byte the same for the same content.

XLSX carries the caution on a second sheet; CSV has no place for it, so it goes in a text file
beside (`<name>.about.txt`) and the CSV stays readable by any program.
"""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

WIDEST_COLUMN = 60


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Write the frame as RFC 4180 asks, in UTF-8 with the mark by which spreadsheets know it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow(frame.columns)
        rows.writerows(["" if cell is None else cell for cell in row] for row in frame.iter_rows())


def write_about(about: Mapping[str, str], path: Path) -> None:
    """Write the caution as text, one line for each thing to know."""
    path.write_text("".join(f"{name}: {text}\n" for name, text in about.items()), encoding="utf-8")


def write_xlsx(frame: pl.DataFrame, about: Mapping[str, str], path: Path, *, at: datetime) -> None:
    """Write the frame on the first sheet and the caution on a second one, "About".

    Texts are written as texts, never as formulas or links. `at` becomes the file's creation time.
    """
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    book.set_properties({"title": frame_title(about), "created": at.replace(tzinfo=None)})
    heading = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "text": book.add_format({"valign": "top", "text_wrap": True}),
        "number": book.add_format({"valign": "top"}),
    }
    _write_list(book.add_worksheet("Risk list"), frame, heading, formats)
    _write_about_sheet(book.add_worksheet("About"), about, heading, formats)
    book.close()


def frame_title(about: Mapping[str, str]) -> str:
    """The first thing said about the frame, as the file's title."""
    return next(iter(about.values()), "")


def _write_list(
    sheet: xlsxwriter.worksheet.Worksheet,
    frame: pl.DataFrame,
    heading: xlsxwriter.format.Format,
    formats: Mapping[str, xlsxwriter.format.Format],
) -> None:
    for place, name in enumerate(frame.columns):
        sheet.write_string(0, place, name, heading)
        longest = max(
            (len(str(cell)) for cell in frame[name].head(200) if cell is not None), default=0
        )
        sheet.set_column(place, place, min(WIDEST_COLUMN, max(longest, len(name)) + 2))
    for number, row in enumerate(frame.iter_rows(), start=1):
        for place, cell in enumerate(row):
            _write_cell(sheet, number, place, cell, formats)
    sheet.freeze_panes(1, 0)
    if frame.height:
        sheet.autofilter(0, 0, frame.height, frame.width - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    place: int,
    cell: object,
    formats: Mapping[str, xlsxwriter.format.Format],
) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, place, cell, formats["date"])
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, place, cell, formats["number"])
    else:
        sheet.write_string(row, place, str(cell), formats["text"])


def _write_about_sheet(
    sheet: xlsxwriter.worksheet.Worksheet,
    about: Mapping[str, str],
    heading: xlsxwriter.format.Format,
    formats: Mapping[str, xlsxwriter.format.Format],
) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for number, (name, text) in enumerate(about.items()):
        sheet.write_string(number, 0, name, heading)
        sheet.write_string(number, 1, text, formats["text"])
