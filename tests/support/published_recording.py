"""What is recorded of the people of the sample, and what OHDSI's checks say, as their marts hold
it.

Of Black or African American people a third of the conditions is not recorded; in 2023 the
laboratories changed their units.
"""

import polars as pl

from tests.support.tables import table

DENSITIES = {"Condition records": 7.0, "Drug records": 8.0, "Visit records": 3.9}
GROUPS = {
    "overall": ("Everyone",),
    "sex": ("Female", "Male", "Unknown"),
    "race": (
        *("White", "Black or African American", "Asian"),
        *("American Indian or Alaska Native", "Unknown"),
    ),
    "ethnicity": ("Hispanic or Latino", "Not Hispanic or Latino", "Unknown"),
    "care_site": ("Care site 1", "Care site 2"),
    "age_band": ("18-34", "35-49", "50-64", "65-79", "80+"),
}
UNDER_RECORDED = ("Condition records", "Black or African American")
WITHHELD = "American Indian or Alaska Native"


def recording_by_group() -> pl.DataFrame:
    """One row for each kind of record, attribute and group; one group is withheld."""
    rows = [
        _of_group(title, value, attribute, group)
        for title, value in DENSITIES.items()
        for attribute, groups in GROUPS.items()
        for group in groups
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _of_group(title: str, value: float, attribute: str, group: str) -> dict[str, object]:
    ratio = 0.66 if (title, group) == UNDER_RECORDED else 1.01
    is_compared, is_told = attribute != "overall", group != WITHHELD
    verdict = "like others" if ratio > 0.8 else "less than others"
    if not is_compared or not is_told:
        verdict = "too few to judge" if is_compared else "not compared"
    is_shown = is_compared and is_told
    return {
        "measure": title.lower().replace(" ", "_"),
        "title": title,
        "section": "Density",
        "unit": "records a person-year",
        "attribute": attribute,
        "group_name": group,
        "size": "100 or more" if is_told else "not told",
        "n_people_in_smallest_part": 11 if is_told else None,
        "value": round(value * ratio, 3) if is_told else None,
        "value_of_others": value if is_shown else None,
        "ratio": ratio if is_shown else None,
        "ratio_lower": ratio - 0.07 if is_shown else None,
        "ratio_upper": ratio + 0.07 if is_shown else None,
        "verdict": verdict,
        "is_suppressed": not is_told,
    }


def recording_by_year() -> pl.DataFrame:
    """One row for each kind of record and year; usual units end in 2023."""
    rows = [
        _of_year(title, "Density", "records a person-year", year, value, "no jump")
        for title, value in DENSITIES.items()
        for year in range(2020, 2025)
    ]
    for year in range(2020, 2025):
        verdict, share = ("jump down", 0.4) if year == 2023 else ("no jump", 0.97)
        rows.append(
            _of_year("Usual units", "Plausibility", "share of records", year, share, verdict)
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _of_year(
    title: str, section: str, unit: str, year: int, value: float, verdict: str
) -> dict[str, object]:
    return {
        "measure": title.lower().replace(" ", "_"),
        "title": title,
        "section": section,
        "unit": unit,
        "calendar_year": year,
        "size": "1,000 or more",
        "n_people_in_smallest_part": 11,
        "value": value,
        "ratio_to_year_before": 1.0 if section == "Density" and year > 2020 else None,
        "verdict": "first year" if year == 2020 else verdict,
        "is_suppressed": False,
    }


def ohdsi_check() -> pl.DataFrame:
    """One row for each of four checks: two fail, one of these touches two studies."""
    return table("""
    check_name           | table_name           | column_name         | status
    plausibleAfterBirth  | drug_exposure        | drug_exposure_start | failed
    fkDomain             | specimen             | specimen_concept_id | failed
    fkDomain             | condition_occurrence | condition_concept   | passed
    plausibleBeforeDeath | death                | death_date          | not_checked
    """).with_columns(
        severity=pl.Series(["characterization", "convention", "convention", "characterization"]),
        run_id=pl.lit("run-2025-06-02"),
        study=pl.lit(""),
        check_id=pl.concat_str("check_name", "table_name", "column_name", separator="_"),
        check_level=pl.lit("FIELD"),
        concept_name=pl.lit(None, dtype=pl.String),
        rule=pl.lit("The date is not before birth."),
        category=pl.lit("Plausibility"),
        n_violated=pl.Series([44, 990, None, None]),
        n_people_in_smaller_part=pl.Series([11, 11, None, None]),
        share=pl.Series([0.02, 0.3, None, None]),
        threshold=pl.lit(1.0),
        limit_share=pl.lit(0.05),
        is_past_limit=pl.Series([False, True, False, False]),
        studies=pl.Series(["diabetes_onset_1y,readmission_30d", "", "readmission_30d", ""]),
    )
