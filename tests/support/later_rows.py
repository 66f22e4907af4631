"""A CDM as it would be if more had happened from a day on, and as if nothing had.

Both say the same of everything before that day.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

START = {
    "condition_occurrence": "condition_start_date",
    "drug_exposure": "drug_exposure_start_date",
    "procedure_occurrence": "procedure_date",
    "measurement": "measurement_date",
    "observation": "observation_date",
    "visit_occurrence": "visit_start_date",
    "condition_era": "condition_era_start_date",
    "drug_era": "drug_era_start_date",
}
DAYS_REPEATED = 200
INPATIENT, TYPE_2_DIABETES = 9201, 201826


def add_later_rows(cdm: Path, out: Path, *, day: date, people: Sequence[int]) -> Path:
    """Write the CDM to `out` with more of everything, dated `day` or later; the folder.

    What happened in the 200 days before happens once more, from that very day on, to everyone who
    has not died. Each of `people` is in hospital from that day to the next and again a week later,
    is given a device, and has diabetes recorded the day after; every third dies ten days later.
    Observation that holds the day goes on for a year more, or until they die.
    """
    tables = read_tables(cdm)
    dead = tables["death"]["person_id"].implode()
    for table, start in START.items():
        before = tables[table]
        last = before[f"{table}_id"].max()
        again = before.filter(
            pl.col(start).is_between(day - timedelta(DAYS_REPEATED), day, closed="left"),
            ~pl.col("person_id").is_in(dead),
        ).with_columns(pl.selectors.temporal() + timedelta(DAYS_REPEATED))
        tables[table] = _append(before, again.with_columns(_ids(table, last)))

    for days in (0, 7):
        stays = {
            "visit_start_date": day + timedelta(days),
            "visit_end_date": day + timedelta(days + 1),
        }
        _add(tables, "visit_occurrence", people, visit_concept_id=INPATIENT, **stays)
    _add(
        tables,
        "condition_occurrence",
        people,
        condition_concept_id=TYPE_2_DIABETES,
        condition_start_date=day + timedelta(1),
        condition_end_date=day + timedelta(1),
    )
    tables["device_exposure"] = pl.DataFrame(
        {
            "device_exposure_id": range(1, len(people) + 1),
            "person_id": people,
            "device_concept_id": tables["concept"].filter(domain_id="Device")["concept_id"][0],
            "device_exposure_start_date": day,
            "device_type_concept_id": 32817,
        }
    )
    dying = [person for person in people[::3] if person not in set(tables["death"]["person_id"])]
    tables["death"] = _append(
        tables["death"], pl.DataFrame({"person_id": dying, "death_date": day + timedelta(10)})
    )
    tables["observation_period"] = _end_on(
        tables["observation_period"],
        day,
        lambda end: (
            pl.when(pl.col("person_id").is_in(dying))
            .then(day + timedelta(10))
            .otherwise(end.dt.offset_by("1y"))
        ),
    )
    return write_tables(tables, out)


def drop_later_rows(cdm: Path, out: Path, *, day: date) -> Path:
    """Write the CDM to `out` as it stood on the morning of `day`; the folder.

    Nothing is dated that day or later but the end of what was going on; observation ends that day.
    """
    tables = read_tables(cdm)
    starts = START | {"death": "death_date", "observation_period": "observation_period_start_date"}
    for table, start in starts.items():
        kept = pl.col(start) <= day if table == "observation_period" else pl.col(start) < day
        tables[table] = tables[table].filter(kept)
    tables["observation_period"] = _end_on(tables["observation_period"], day, lambda _: pl.lit(day))
    return write_tables(tables, out)


def read_tables(cdm: Path) -> dict[str, pl.DataFrame]:
    """Each table of a CDM, as written."""
    return {file.stem: pl.read_parquet(file) for file in sorted(cdm.glob("*.parquet"))}


def write_tables(tables: dict[str, pl.DataFrame], out: Path) -> Path:
    """Write each table as Parquet; the folder."""
    out.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(out / f"{name}.parquet")
    return out


def _end_on(periods: pl.DataFrame, day: date, end) -> pl.DataFrame:
    """Give another end to each person's last observation period, where it holds the day."""
    start, old = pl.col("observation_period_start_date"), pl.col("observation_period_end_date")
    goes_on = pl.lit(day).is_between(start, old) & (start == start.max().over("person_id"))
    return periods.with_columns(
        observation_period_end_date=pl.when(goes_on).then(end(old)).otherwise(old)
    )


def _add(
    tables: dict[str, pl.DataFrame], table: str, people: Sequence[int], **columns: object
) -> None:
    before = tables[table]
    like = before.row(0, named=True)
    required = {name: like[name] for name in before.columns if name.endswith("type_concept_id")}
    rows = pl.DataFrame({"person_id": people}).with_columns(
        **{name: pl.lit(value) for name, value in (required | columns).items()}
    )
    numbered = rows.with_columns(_ids(table, before[f"{table}_id"].max()))
    tables[table] = _append(before, numbered)


def _append(before: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        [before, rows.select(pl.col(name).cast(before.schema[name]) for name in rows.columns)],
        how="diagonal",
    )


def _ids(table: str, last: int) -> pl.Expr:
    return (pl.int_range(1, pl.len() + 1) + last).alias(f"{table}_id")
