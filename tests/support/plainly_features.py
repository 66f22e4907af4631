"""Covariates a second, slow, obvious way: for each row, look at each event. Written from the
definition of the analyses (ids 930 to 966), not from the code that is tested."""

import math
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

FIRST_COUNT_ID = {
    "condition": 930,
    "drug": 934,
    "procedure": 938,
    "measurement": 942,
    "observation": 946,
    "device": 950,
    "visit": 954,
}
STANDARD_CONCEPTS = {
    "Female": 8532,
    "Male": 8507,
    "White": 8527,
    "Asian": 8515,
    "More than one race": 1546847,
    "Hispanic or Latino": 38003563,
    "Not Hispanic or Latino": 38003564,
}


def covariates_plainly(
    rows: pl.DataFrame, events: Mapping[str, pl.LazyFrame], person: pl.DataFrame
) -> dict[tuple[int, int], float]:
    """The value of each (row_id, covariate_id) that is present."""
    found: dict[tuple[int, int], float] = {}
    people = {one["person_id"]: one for one in person.to_dicts()}
    recorded = {domain: frame.collect().to_dicts() for domain, frame in events.items()}
    for row in rows.to_dicts():
        row_id = row["row_id"]
        one = people[row["person_id"]]
        index_year = (date(1970, 1, 1) + timedelta(days=row["index_day"])).year
        found[row_id, 962] = index_year - one["year_of_birth"]
        found[row_id, 963] = row["days_of_prior_observation"]
        for attribute, analysis_id in (("sex", 961), ("race", 965), ("ethnicity", 966)):
            if one[attribute] != "Unknown":
                found[row_id, STANDARD_CONCEPTS[one[attribute]] * 1000 + analysis_id] = 1
        for domain, domain_events in recorded.items():
            before = [
                event
                for event in domain_events
                if event["person_id"] == row["person_id"]
                and event["concept_id"] != 0
                and event["day"] < row["index_day"]
            ]
            _count(found, row, domain, before)
            if domain == "measurement":
                _take_latest(found, row, before)
            if domain == "visit":
                _add_days(found, row, before)
    return found


def _count(found, row, domain, before):  # type: ignore[no-untyped-def]
    for event in before:
        days_ago = row["index_day"] - event["day"]
        for place, farthest in enumerate((30, 180, 365, math.inf)):
            if days_ago <= farthest:
                key = row["row_id"], event["concept_id"] * 1000 + FIRST_COUNT_ID[domain] + place
                found[key] = found.get(key, 0) + 1


def _take_latest(found, row, before):  # type: ignore[no-untyped-def]
    valued = [e for e in before if e["value"] is not None and not math.isnan(e["value"])]
    for event in sorted(valued, key=lambda e: (e["day"], e["event_id"])):
        found[row["row_id"], event["concept_id"] * 1000 + 958] = event["value"]
        found[row["row_id"], event["concept_id"] * 1000 + 959] = row["index_day"] - event["day"]


def _add_days(found, row, before):  # type: ignore[no-untyped-def]
    for visit in before:
        days = [
            day
            for day in range(visit["day"], visit["end_day"] + 1)
            if row["index_day"] - 365 <= day <= row["index_day"] - 1
        ]
        if days:
            key = row["row_id"], visit["concept_id"] * 1000 + 960
            found[key] = found.get(key, 0) + len(days)
