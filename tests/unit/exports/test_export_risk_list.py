"""The risk list as a file: opened again as its reader would, and found in the log."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime

import openpyxl
import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.exports import export_risk_list, read_log, verify_log
from analytics.exports.risk_list import NOT_EFFECT

NOON = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


def person_at_risk(person_id, *, rank, risk=0.234, reason="HbA1c 10.2 % on 3 Mar 2025", **others):
    return {
        "study": "readmission_30d",
        "person_id": person_id,
        "index_date": date(2025, 5, 30),
        "as_of_date": date(2025, 6, 1),
        "risk": risk,
        "risk_rank": rank,
        "is_flagged": rank == 1,
        "age": 70,
        "sex": "Female",
        "care_site_id": 7,
        "risk_in_words": "about 23 in 100",
        "reason_1": reason,
        "reason_2": None,
        "reason_3": None,
        "reason_4": None,
        "reason_5": None,
        "model_id": "m-1",
        "run_id": "r-1",
        **others,
    }


def a_list(*people):
    return pl.DataFrame(
        list(people), schema_overrides={f"reason_{n}": pl.String for n in range(1, 6)}
    )


def export(people, out, **others):
    asked = {
        "format": out.suffix[1:],
        "study": "readmission_30d",
        "user": "ada",
        "purpose": "discharge calls",
        "exported_at": NOON,
        "log": out.parent / "log.jsonl",
    }
    return export_risk_list(people, out, **{**asked, **others})


def rows_of_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_of_sheet(path, sheet):
    return [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]


def test_a_csv_opens_again_with_its_people_in_order_of_risk(tmp_path):
    people = a_list(person_at_risk(5, rank=2, risk=0.1), person_at_risk(9, rank=1))

    record = export(people, tmp_path / "list.csv")
    rows = rows_of_csv(tmp_path / "list.csv")

    assert [row["Person"] for row in rows] == ["9", "5"]
    assert rows[0]["Risk in words"] == "about 23 in 100"
    assert rows[0]["Within capacity"] == "yes"
    assert rows[1]["Within capacity"] == "no"
    assert rows[0]["Model"] == "m-1"
    assert rows[0]["Run"] == "r-1"
    assert rows[0]["Data up to"] == "2025-06-01"
    assert record.n_rows == 2


def test_what_to_know_lies_beside_a_csv_and_does_not_break_it(tmp_path):
    export(a_list(person_at_risk(5, rank=1)), tmp_path / "list.csv", intended_use="calls only")
    about = (tmp_path / "list.csv.about.txt").read_text()

    assert len(rows_of_csv(tmp_path / "list.csv")) == 1
    assert NOT_EFFECT in about
    assert "Intended use: calls only" in about
    assert "Model: m-1" in about


def test_an_xlsx_opens_again_with_numbers_dates_and_an_about_sheet(tmp_path):
    export(a_list(person_at_risk(5, rank=1)), tmp_path / "list.xlsx")

    header, row = rows_of_sheet(tmp_path / "list.xlsx", "Risk list")
    cells = dict(zip(header, row, strict=True))
    about = dict(rows_of_sheet(tmp_path / "list.xlsx", "About"))

    assert cells["Person"] == 5
    assert cells["Risk (0 to 1)"] == 0.234
    assert cells["Risk counts from"].date() == date(2025, 5, 30)
    assert cells["Reason 1"] == "HbA1c 10.2 % on 3 Mar 2025"
    assert cells["Reason 2"] is None
    assert about["Caution"] == NOT_EFFECT
    assert about["Data up to"] == "2025-06-01"
    assert about["Run"] == "r-1"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1+1",
        "＝1+1",
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_text_that_opens_like_a_formula_stays_text(tmp_path, text, suffix):
    out = tmp_path / f"list.{suffix}"
    export(a_list(person_at_risk(5, rank=1, reason=text, risk_in_words="-1 in 100")), out)

    if suffix == "csv":
        reason, words = rows_of_csv(out)[0]["Reason 1"], rows_of_csv(out)[0]["Risk in words"]
    else:
        sheet = openpyxl.load_workbook(out)["Risk list"]
        place = {cell.value: cell.column for cell in sheet[1]}
        cells = [sheet.cell(2, place["Reason 1"]), sheet.cell(2, place["Risk in words"])]
        assert [cell.data_type for cell in cells] == ["s", "s"]
        reason, words = (cell.value for cell in cells)

    assert reason.startswith("'")
    assert words == "'-1 in 100"


def test_negative_numbers_are_untouched(tmp_path):
    export(a_list(person_at_risk(-5, rank=1)), tmp_path / "list.csv")

    assert rows_of_csv(tmp_path / "list.csv")[0]["Person"] == "-5"


def test_each_export_is_in_the_log_with_the_hash_of_the_file_that_left(tmp_path):
    people = a_list(person_at_risk(5, rank=1), person_at_risk(6, rank=2))
    export(people, tmp_path / "list.csv")
    export(people, tmp_path / "list.xlsx", filters="age 65-79", purpose="home visits")

    logged = read_log(tmp_path / "log.jsonl")

    assert logged["purpose"].to_list() == ["home visits", "discharge calls"]
    assert logged["filters"][0] == "age 65-79"
    assert logged["user"][0] == "ada"
    assert logged["n_rows"].to_list() == [2, 2]
    assert logged["model_id"][0] == "m-1"
    assert logged["exported_at"][0] == "2025-06-02T12:00:00+00:00"
    assert "Risk in words" in logged["columns"][0]
    for name, file_hash in logged.select("file_name", "file_hash").iter_rows():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == file_hash
    assert verify_log(tmp_path / "log.jsonl").is_intact


def test_the_same_list_gives_the_same_bytes(tmp_path):
    people = a_list(person_at_risk(5, rank=1), person_at_risk(6, rank=2))
    first = export(people, tmp_path / "one.xlsx")
    second = export(people.reverse(), tmp_path / "two.xlsx")

    assert first.file_hash == second.file_hash


def test_a_file_that_cannot_be_logged_does_not_leave(tmp_path):
    (tmp_path / "log.jsonl").mkdir()

    with pytest.raises(OSError):
        export(a_list(person_at_risk(5, rank=1)), tmp_path / "list.xlsx")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.jsonl"]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"format": "xls"}, "Did you mean 'xlsx'?"),
        ({"purpose": "  "}, "needs a purpose"),
    ],
)
def test_a_bad_request_is_refused_and_not_logged(tmp_path, others, said):
    with pytest.raises(BadInputError, match=said.replace("?", r"\?")):
        export(a_list(person_at_risk(5, rank=1)), tmp_path / "list.xlsx", **others)

    assert not (tmp_path / "log.jsonl").exists()


def test_an_empty_list_and_a_list_without_reasons_are_refused(tmp_path):
    people = a_list(person_at_risk(5, rank=1))

    with pytest.raises(BadInputError, match="nobody on it"):
        export(people.clear(), tmp_path / "list.csv")
    with pytest.raises(BadInputError, match="lacks the columns reason_1"):
        export(people.drop("reason_1"), tmp_path / "list.csv")


def test_a_changed_a_removed_and_a_torn_entry_show(tmp_path):
    log = tmp_path / "log.jsonl"
    for number in range(3):
        export(a_list(person_at_risk(number, rank=1)), tmp_path / f"{number}.csv")
    lines = log.read_text().splitlines()

    log.write_text("\n".join([lines[0], lines[1].replace('"ada"', '"bob"'), lines[2]]) + "\n")
    changed = verify_log(log)
    log.write_text("\n".join([lines[0], lines[2]]) + "\n")
    removed = verify_log(log)
    log.write_text("\n".join([lines[0], lines[1][:40]]))
    export(a_list(person_at_risk(9, rank=1)), tmp_path / "after.csv")
    torn = verify_log(log)

    assert "line 2 was changed after it was written" in changed.faults
    assert removed.faults == ("line 2 does not follow the line before it",)
    assert torn.faults == ("line 2 is not an entry: it was torn or written by hand",)
    assert torn.n_entries == 2


def test_an_entry_resealed_by_hand_breaks_the_next_one(tmp_path):
    log = tmp_path / "log.jsonl"
    for number in range(2):
        export(a_list(person_at_risk(number, rank=1)), tmp_path / f"{number}.csv")
    first, second = log.read_text().splitlines()
    forged = json.loads(first)
    del forged["entry_hash"]
    forged["user"] = "bob"
    sealed = json.dumps(forged, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    forged["entry_hash"] = hashlib.sha256(sealed.encode()).hexdigest()
    line = json.dumps(forged, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    log.write_text(f"{line}\n{second}\n")

    assert verify_log(log).faults == ("line 2 does not follow the line before it",)
