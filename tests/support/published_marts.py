"""A made-up study's marts, in the columns of their contracts: what a small publish would leave.

1,240 people were discharged and 187 had another stay; a group of four people is withheld; one
group differs by more than the limit; three treatment paths are too rare to show.
"""

import random
from datetime import date, datetime, timedelta

import polars as pl

from tests.support.published_recording import (
    ohdsi_check,
    recording_by_group,
    recording_by_year,
)
from tests.support.published_treatments import PATHS, treatment_marts
from tests.support.tables import table

READMISSION = "readmission_30d"
STAYS = "inpatient_admission"
RUN, MODEL_ID = "run-2025-06-02", "a1b2c3d4e5f6"
MODELS = ("xgboost", "logistic_l1", "age_and_sex")
GROUPS = {
    "sex": {"Female": 640, "Male": 590, "Unknown": 10},
    "age_band": {"18-34": 150, "35-49": 190, "50-64": 300, "65-79": 370, "80+": 230},
    "race": {
        "White": 820,
        "Black or African American": 260,
        "Asian": 90,
        "American Indian or Alaska Native": 4,
        "Unknown": 66,
    },
    "ethnicity": {"Hispanic or Latino": 140, "Not Hispanic or Latino": 1010, "Unknown": 90},
}
AUDITED = (
    "outcome_rate",
    "mean_risk",
    "observed_expected_ratio",
    "auroc",
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "positive_predictive_value",
    "net_benefit",
)


def sample_marts() -> dict[str, pl.DataFrame]:
    """Every mart of the sample, by name; aggregate ones with `is_suppressed`."""
    frames = {
        "run_log": _run_log(),
        "study_attrition": _study_attrition(),
        "cohort_attrition": _cohort_attrition(),
        "cohort_attrition_by_group": _cohort_attrition_by_group(),
        "cohort_summary": _cohort_summary(),
        "cohort_index_event": _cohort_index_event(),
        "cohort_incidence": _cohort_incidence(),
        "cohort_overlap": _cohort_overlap(),
        "orphan_concept": _orphan_concept(),
        "population_profile": _population_profile(),
        "cohort_characteristic": _cohort_characteristic(),
        "model_performance": _model_performance(),
        "calibration": _calibration(),
        "decision_curve": _decision_curve(),
        "covariate_importance": _covariate_importance(),
        "fairness_audit": _fairness_audit(),
        **treatment_marts(),
        "data_quality": _data_quality(),
        "ohdsi_check": ohdsi_check(),
        "recording_by_group": recording_by_group(),
        "recording_by_year": recording_by_year(),
        "risk_list": _risk_list(),
    }
    return {
        name: frame if name == "risk_list" or "is_suppressed" in frame.columns else _shown(frame)
        for name, frame in frames.items()
    }


def _shown(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(is_suppressed=pl.lit(False))


def _run_log() -> pl.DataFrame:
    steps = [
        ("", "land the CDM", None, 3.4, "ran"),
        ("", "build the cohort layer", 2000, 6.1, "reused"),
        (READMISSION, "population", 1240, 0.8, "ran"),
        (READMISSION, "covariates", 1240, 2.9, "ran"),
        (READMISSION, "train", 1240, 11.2, "ran"),
        (READMISSION, "audit", 1240, 1.7, "ran"),
        (PATHS, "treatment pathways", 900, 1.1, "ran"),
    ]
    start = datetime(2025, 6, 2, 9, 0)
    return pl.DataFrame(
        {
            "run_id": RUN,
            "study": study,
            "step_number": number,
            "step": step,
            "status": status,
            "n_people": n_people,
            "seconds": seconds,
            "finished_at": start + timedelta(seconds=30 * number),
            "note": None,
        }
        for number, (study, step, n_people, seconds, status) in enumerate(steps, start=1)
    )


def _study_attrition() -> pl.DataFrame:
    rules = [
        ("Discharged alive from an inpatient stay", True, 2210, 1520, 402, 241),
        ("Discharge lies in an observation period", True, 2150, 1490, 391, 236),
        ("Observed for at least 365 days before the discharge", True, 1890, 1302, 333, 199),
        ("Observed for 30 days after it, or died in that time", True, 1802, 1240, 312, 187),
        ("Note: observed for less than 30 days after it", False, 88, 71, 0, 0),
    ]
    return pl.DataFrame(
        {
            "run_id": RUN,
            "study": READMISSION,
            "target_cohort": "inpatient_discharge",
            "outcome_cohort": "inpatient_admission",
            "step_number": number,
            "rule": rule,
            "is_applied": is_applied,
            "n_rows": n_rows,
            "n_people": n_people,
            "n_outcomes": n_outcomes,
            "n_people_with_outcome": n_with,
        }
        for number, (rule, is_applied, n_rows, n_people, n_outcomes, n_with) in enumerate(rules, 1)
    )


def _cohort_attrition() -> pl.DataFrame:
    rows = [
        ("inpatient_discharge", STAYS, 1, "Inpatient stay after joining transfers", 2290, 1561),
        ("inpatient_discharge", STAYS, 2, "Stay ends alive", 2210, 1520),
        ("type_2_diabetes", "", 1, "First condition in the concept set type_2_diabetes", 900, 900),
    ]
    columns = ["cohort_name", "built_from", "rule_number", "rule", "n_rows", "n_people"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _cohort_summary() -> pl.DataFrame:
    rules = "One row for each stay.\n\n#### Rule 1\n\nhaving a stay"
    rows = [
        ("inpatient_discharge", "Inpatient discharge", rules, "inpatient_visit", "", 2210, 1520),
        ("type_2_diabetes", "T2DM", "One row for each person.", "type_2_diabetes", "", 920, 920),
    ]
    told = ["cohort_name", "title", "described", "concept_sets", "lies_in", "n_rows", "n_people"]
    return pl.DataFrame(rows, schema=told, orient="row")


def _cohort_index_event() -> pl.DataFrame:
    return table("""
    cohort_name         | cdm_table        | concept_id | concept_name    | n_records | n_people
    inpatient_discharge | visit_occurrence |       9201 | Inpatient Visit |      2211 |     1518
    inpatient_discharge | visit_occurrence |        262 | Emergency visit |           |
    """).with_columns(
        n_people_in_smaller_part=pl.Series([11, None]), is_suppressed=pl.Series([False, True])
    )


def _cohort_incidence() -> pl.DataFrame:
    rows = [("overall", "Everyone", 2000, 1520)]
    rows += [
        (attribute, group, n, n // 2)
        for attribute in ("sex", "age_band")
        for group, n in GROUPS[attribute].items()
    ]
    rows += [("calendar_year", str(2019 + number), 1500, 240 + number) for number in range(6)]
    return pl.DataFrame(
        {
            "cohort_name": "inpatient_discharge",
            "attribute": attribute,
            "group_name": group,
            "enters_like": "inpatient_discharge",
            "lies_in": "",
            "n_people": n_people if n_people > 10 else None,
            "n_cases": n_cases if n_people > 10 else None,
            "person_years": 5.0 * n_people if n_people > 10 else None,
            "cases_per_1000_years": 200 * n_cases / n_people if n_people > 10 else None,
            "cases_per_1000_years_lower": 180 * n_cases / n_people if n_people > 10 else None,
            "cases_per_1000_years_upper": 220 * n_cases / n_people if n_people > 10 else None,
            "is_suppressed": n_people <= 10,
        }
        for attribute, group, n_people, n_cases in rows
    )


def _cohort_overlap() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "cohort_name": ["inpatient_discharge"],
            "other_cohort_name": ["type_2_diabetes"],
            "n_people_in_both": [429],
            "n_people_in_smallest_part": [11],
        }
    )


def _orphan_concept() -> pl.DataFrame:
    return table("""
    concept_set     | concept_id | concept_name      | vocabulary_id | n_records | n_people
    inpatient_visit |      32760 | Hospital visit    | Visit         |        44 |       33
    type_2_diabetes |     201820 | Diabetes mellitus | SNOMED        |         0 |        0
    """).with_columns(
        domain_id=pl.lit(None, dtype=pl.String),
        is_like_in_name=True,
        is_parent=False,
        is_sibling=True,
        n_people_in_smaller_part=11,
    )


def _cohort_attrition_by_group() -> pl.DataFrame:
    """Two rules of two cohorts; the second removes many of those of 80 and more, few of others."""
    rows = []
    for cohort, *_ in _cohort_attrition().unique("cohort_name", maintain_order=True).iter_rows():
        for attribute, groups in GROUPS.items():
            for number, rule in enumerate(("Inpatient stay", "Stay ends alive"), start=1):
                for group, found in groups.items():
                    rows.append(_rule_of_group(cohort, number, rule, attribute, group, found))
    return pl.DataFrame(rows, infer_schema_length=None)


def _rule_of_group(
    cohort: str, number: int, rule: str, attribute: str, group: str, found: int
) -> dict[str, object]:
    few = "too few to judge" if found < 25 else "within limit"
    verdict = "more than others" if group == "80+" else few
    return {
        "cohort_name": cohort,
        "built_from": "",
        "rule_number": number,
        "rule": rule,
        "attribute": attribute,
        "group_name": group,
        "n_people": (found + 27) // 55 * 55,
        "verdict": "first rule" if number == 1 else verdict,
        "is_suppressed": False,
    }


def _population_profile() -> pl.DataFrame:
    rows = [("overall", "Everyone", 1240)]
    rows += [
        (attribute, group, n) for attribute, all_ in GROUPS.items() for group, n in all_.items()
    ]
    rows += [("index_year", str(2019 + number), 200 + 16 * number) for number in range(6)]
    return pl.DataFrame(
        {
            "study": READMISSION,
            "target_cohort": "inpatient_discharge",
            "outcome_cohort": STAYS,
            "attribute": attribute,
            "group_name": group,
            "n_people": n_people if n_people > 10 else None,
            "n_rows": round(1.45 * n_people) if n_people > 10 else None,
            "n_outcomes": round(0.25 * n_people) if n_people > 10 else None,
            "n_people_with_outcome": _with_outcome(n_people) if n_people > 10 else None,
            "outcome_rate": round(0.25 * n_people) / round(1.45 * n_people)
            if n_people > 10
            else None,
            "is_suppressed": n_people <= 10,
        }
        for attribute, group, n_people in rows
    )


def _cohort_characteristic() -> pl.DataFrame:
    """Age, visits, sex and two drugs of everyone and by outcome; one of them by sex, too."""
    facts = table("""
        section | covariate_id | characteristic           | kind     | of_attribute | of_group
        --------+--------------+--------------------------+----------+--------------+---------
        people  |           -1 | Sex: Female              | category | sex          | Female
        people  |          962 | Age in years             | value    |              |
        visit   |      9201956 | Inpatient Visit          | value    |              |
        drug    |      1007936 | furosemide, in the year  | share    |              |
        drug    |      1008936 | digoxin, in the year     | share    |              |
    """)
    shown = table("""
        covariate_id | attribute | group_name          | n_rows | share | mean | sd   | smd
        -------------+-----------+---------------------+--------+-------+------+------+------
                  -1 | overall   | Everyone            |        | 0.516 |      |      |
                  -1 | outcome   | With the outcome    |        | 0.53  |      |      | 0.03
                  -1 | outcome   | Without the outcome |        | 0.511 |      |      |
                 962 | overall   | Everyone            |        | 1.0   | 63.1 | 14.2 |
                 962 | outcome   | With the outcome    |        | 1.0   | 68.4 | 12.0 | 0.42
                 962 | outcome   | Without the outcome |        | 1.0   | 62.3 | 14.8 |
             9201956 | overall   | Everyone            |    935 | 0.52  | 1.21 | 1.9  |
             9201956 | outcome   | With the outcome    |    198 | 0.639 | 1.8  | 2.3  | 0.33
             9201956 | outcome   | Without the outcome |    737 | 0.495 | 1.1  | 1.8  |
             1007936 | overall   | Everyone            |    594 | 0.33  | 0.33 | 0.47 |
             1007936 | outcome   | With the outcome    |    110 | 0.355 | 0.35 | 0.48 | 0.06
             1007936 | outcome   | Without the outcome |    484 | 0.325 | 0.33 | 0.47 |
             1007936 | sex       | Female              |    330 | 0.356 | 0.36 | 0.48 | 0.11
             1007936 | sex       | Male                |    264 | 0.308 | 0.31 | 0.46 |
             1007936 | sex       | Unknown             |        |       |      |      |
             1008936 | overall   | Everyone            |     33 | 0.018 | 0.02 | 0.13 |
             1008936 | outcome   | With the outcome    |        |       |      |      |
             1008936 | outcome   | Without the outcome |        |       |      |      |
    """)
    sizes = {
        "Everyone": (1240, 1798),
        "With the outcome": (187, 310),
        "Female": (640, 928),
        "Male": (590, 856),
    }
    group, kind = pl.col("group_name"), pl.col("kind")
    numbers = {name: pl.lit(None, pl.Float64) for name in ("p25", "median", "p75")}
    references = {"outcome": "Without the outcome", "sex": "Male"}
    difference = pl.col("smd").cast(pl.Float64)
    return (
        shown.join(facts, on="covariate_id", how="left", maintain_order="left")
        .with_columns(
            run_id=pl.lit(RUN),
            study=pl.lit(READMISSION),
            characteristic_number=pl.col("covariate_id").rank("dense").cast(pl.Int32),
            of_attribute=pl.col("of_attribute").fill_null(""),
            of_group=pl.col("of_group").fill_null(""),
            reference_group=pl.col("attribute").replace_strict(
                references, default=None, return_dtype=pl.String
            ),
            n_people_of_group=group.replace_strict(
                {name: n for name, (n, _) in sizes.items()}, default=None, return_dtype=pl.Int64
            ),
            n_rows_of_group=group.replace_strict(
                {name: n for name, (_, n) in sizes.items()}, default=None, return_dtype=pl.Int64
            ),
            n_outcomes_of_study=pl.when(pl.col("attribute") == "outcome").then(310),
            n_rows_of_category=pl.when(kind == "category").then(928),
            n_outcomes_of_category=pl.when(kind == "category").then(164),
            n_people_in_smallest_part=pl.when(kind != "category", pl.col("share") > 0).then(11),
            standardised_difference=difference,
            standardised_difference_lower=difference - 0.02,
            standardised_difference_upper=difference + 0.02,
            is_suppressed=pl.col("share").is_null(),
            **numbers,
        )
        .drop("smd")
    )


def _with_outcome(n_people: int) -> int:
    return round(0.15 * n_people) if n_people != 1240 else 187


def _model_performance() -> pl.DataFrame:
    metrics = {
        "xgboost": (0.731, 0.402, 0.121, 0.03, 0.97, 1.04, 0.173),
        "logistic_l1": (0.702, 0.371, 0.126, -0.06, 1.08, 0.97, 0.173),
        "age_and_sex": (0.588, 0.221, 0.139, 0.01, 0.91, 1.01, 0.173),
    }
    names = (
        "auroc",
        "auprc",
        "brier",
        "calibration_intercept",
        "calibration_slope",
        "observed_expected_ratio",
        "outcome_rate",
    )
    return pl.DataFrame(
        {
            "run_id": RUN,
            "study": READMISSION,
            "model_name": model,
            "model_id": f"{MODEL_ID}-{model}" if model != "xgboost" else MODEL_ID,
            "metric": metric,
            "value": value,
            "value_lower": value - 0.04,
            "value_upper": value + 0.04,
            "n_rows": 450,
            "n_people": 310,
            "n_outcomes": 78,
            "n_people_with_outcome": 47,
            "validation": "test_set",
        }
        for model, values in metrics.items()
        for metric, value in zip(names, values, strict=True)
    )


def _calibration() -> pl.DataFrame:
    rows = []
    for place, model in enumerate(MODELS):
        for number in range(1, 9):
            mean_risk = 0.02 + 0.055 * number * (1 - 0.2 * place)
            rate = mean_risk * (1.12 - 0.03 * number)
            rows.append(
                {
                    "run_id": RUN,
                    "study": READMISSION,
                    "model_name": model,
                    "bin_number": number,
                    "n_rows": 56,
                    "n_people": 48,
                    "n_outcomes": round(56 * rate),
                    "n_people_with_outcome": round(48 * rate),
                    "mean_risk": mean_risk,
                    "outcome_rate": rate,
                    "outcome_rate_lower": max(0.0, rate - 0.05),
                    "outcome_rate_upper": rate + 0.07,
                }
            )
    return pl.DataFrame(rows)


def _decision_curve() -> pl.DataFrame:
    rows = []
    for place, model in enumerate(MODELS):
        for number in range(1, 41):
            threshold = number / 100
            all_ = 0.173 - 0.827 * threshold / (1 - threshold)
            gain = (0.035 - 0.012 * place) * (1 - abs(threshold - 0.2) / 0.25)
            net_benefit = max(all_, 0.0) + max(gain, -0.002)
            n_flagged = round(450 * (1 - threshold) ** 6)
            rows.append(
                {
                    "run_id": RUN,
                    "study": READMISSION,
                    "model_name": model,
                    "threshold": threshold,
                    "net_benefit": net_benefit,
                    "net_benefit_lower": net_benefit - 0.02,
                    "net_benefit_upper": net_benefit + 0.02,
                    "net_benefit_treat_all": all_,
                    "n_rows": 450,
                    "n_people": 310,
                    "n_outcomes": 78,
                    "n_people_with_outcome": 47,
                    "n_flagged_rows": n_flagged,
                    "n_flagged_people": round(0.8 * n_flagged),
                    "n_flagged_outcomes": round(0.3 * n_flagged),
                    "n_flagged_people_with_outcome": round(0.25 * n_flagged),
                }
            )
    return pl.DataFrame(rows)


def _covariate_importance() -> pl.DataFrame:
    covariates = [
        ("Inpatient stays in the 365 days before", "visit", 0.412, 1020),
        ("Age in years", "demographics", 0.301, 1240),
        ("Heart failure, any time before", "condition", 0.222, 388),
        ("Creatinine, latest value in the 180 days before", "measurement", 0.187, 702),
        ("Furosemide in the 180 days before", "drug", 0.155, 340),
        ("Chronic kidney disease, any time before", "condition", 0.121, 231),
        ("HbA1c, latest value in the 365 days before", "measurement", 0.098, 455),
        ("Emergency visits in the 30 days before", "visit", 0.083, 190),
        ("Chronic obstructive lung disease, any time before", "condition", 0.071, 166),
        ("Sex", "demographics", 0.044, 640),
    ]
    return pl.DataFrame(
        {
            "run_id": RUN,
            "study": READMISSION,
            "model_name": "xgboost",
            "covariate_rank": rank,
            "covariate_name": name,
            "domain": domain,
            "mean_absolute_contribution": contribution,
            "n_people": n_people,
        }
        for rank, (name, domain, contribution, n_people) in enumerate(covariates, start=1)
    )


def _fairness_audit() -> pl.DataFrame:
    rows = [_audited("overall", "Everyone", 310, metric) for metric in AUDITED]
    rows += [
        _audited(attribute, group, n_people // 4, metric)
        for attribute, groups in GROUPS.items()
        for group, n_people in groups.items()
        for metric in AUDITED
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _audited(attribute: str, group: str, n_people: int, metric: str) -> dict[str, object]:
    typical = {
        "outcome_rate": 0.17,
        "mean_risk": 0.168,
        "observed_expected_ratio": 1.02,
        "auroc": 0.73,
        "selection_rate": 0.11,
        "true_positive_rate": 0.31,
        "false_positive_rate": 0.07,
        "positive_predictive_value": 0.48,
        "net_benefit": 0.03,
    }[metric]
    reference = {
        "sex": "Female",
        "age_band": "50-64",
        "race": "White",
        "ethnicity": "Not Hispanic or Latino",
    }.get(attribute)
    n_with = round(0.5 * n_people)
    verdict = _verdict(group, reference, n_people)
    is_withheld = verdict == "too few to show"
    shift = random.Random(f"{group} {metric}").uniform(-0.1, 0.1) * typical
    shift = shift if verdict != "disparity" else -0.38 * typical
    half = 1.2 * typical / max(n_people, 1) ** 0.5
    value = None if is_withheld else typical + shift
    difference = None if is_withheld or reference is None else shift
    return {
        "run_id": RUN,
        "study": READMISSION,
        "model_name": "xgboost",
        "attribute": attribute,
        "group_name": group,
        "metric": metric,
        "value": value,
        "value_lower": None if value is None else value - half,
        "value_upper": None if value is None else value + half,
        "reference_group": reference,
        "difference": difference,
        "difference_lower": None if difference is None else difference - half,
        "difference_upper": None if difference is None else difference + half,
        "verdict": verdict,
        "n_rows": None if is_withheld else round(1.45 * n_people),
        "n_people": None if is_withheld else n_people,
        "n_outcomes": None if is_withheld else n_with,
        "n_people_with_outcome": None if is_withheld else n_with,
        "n_people_without_outcome": None if is_withheld else n_people - n_with,
        "n_flagged_rows": None if is_withheld else round(0.13 * n_people),
        "n_flagged_people": None if is_withheld else round(0.1 * n_people),
        "n_flagged_outcomes": None if is_withheld else round(0.05 * n_people),
        "n_flagged_people_with_outcome": None if is_withheld else round(0.04 * n_people),
        "threshold": 0.31,
        "is_suppressed": is_withheld,
    }


def _verdict(group: str, reference: str | None, n_people: int) -> str:
    if n_people < 22:
        return "too few to show"
    if group == reference:
        return "reference"
    if n_people < 50:
        return "too few to judge"
    return "disparity" if group == "Black or African American" else "within limit"


def _data_quality() -> pl.DataFrame:
    checks = table("""
    table_name         | column_name           | severity   | n_violated | n_rows | limit_share
    -------------------+-----------------------+------------+------------+--------+------------
    observation_period | person_id             | row        | 2649       | 5343   | 0.60
    drug_exposure      | drug_exposure_end_date| row        | 38         | 67707  | 0.05
    condition_era      | condition_era_end_date| row        | 90         | 1500   | 0.05
    visit_occurrence   | visit_type_concept_id | structural | 1          | 1      |
    person             | person_id             | structural | 0          | 2694   |
    person             | year_of_birth         | row        | 0          | 2694   | 0.01
    measurement        | unit_concept_id       | row        |            |        | 0.10
    death              |                       | row        |            |        |
    """)
    rules = (
        "person_id is a person of person",
        "a drug ends on or after its first day",
        "an era ends on or after its first day",
        "the column is there",
        "no person_id appears twice",
        "year_of_birth lies between 1880 and today",
        "values of one concept have one unit",
        "nobody dies twice",
    )
    statuses = ("breached",) * 4 + ("passed", "passed", "not_checked", "error")
    said = {
        "not_checked": "The table measurement is empty.",
        "error": "The check ended in an error of its own: column cause_concept_id is missing.",
    }
    return checks.with_columns(status=pl.Series(statuses)).with_columns(
        run_id=pl.lit(RUN),
        study=pl.lit(""),
        check_id=pl.concat_str("table_name", pl.lit("."), pl.col("column_name").fill_null("*")),
        rule=pl.Series(rules),
        share=pl.col("n_violated") / pl.col("n_rows"),
        message=pl.col("status").replace_strict(said, default=None, return_dtype=pl.String),
        is_past_limit=pl.lit(value=False),
        n_people_at_least=pl.when(pl.col("n_rows") > 0).then(11),
        n_people_in_smaller_part=pl.when(pl.col("n_violated") > 0).then(11),
    )


def _risk_list() -> pl.DataFrame:
    chance = random.Random(7)
    as_of = date(2025, 5, 31)
    risks = sorted((round(chance.betavariate(1.4, 6), 4) for _ in range(120)), reverse=True)
    reasons = [
        "3 inpatient stays in the 365 days before (latest 12 Apr 2025)",
        "Creatinine 2.1 mg/dL on 3 Mar 2025",
        "Heart failure, first recorded 9 Nov 2021",
        "Age 81",
        "Furosemide since 2 Feb 2025",
        "HbA1c 10.2 % on 3 Mar 2025",
        "2 emergency visits in the 30 days before",
    ]
    rows = []
    for rank, risk in enumerate(risks, start=1):
        told = chance.sample(reasons, chance.randint(2, 5))
        rows.append(
            {
                "study": READMISSION,
                "person_id": 1000 + 7 * rank,
                "index_date": as_of - timedelta(days=chance.randint(0, 29)),
                "as_of_date": as_of,
                "risk": risk,
                "risk_rank": rank,
                "is_flagged": rank <= 12,
                "age": chance.randint(22, 93),
                "sex": chance.choice(["Female", "Male"]),
                "care_site_id": chance.choice([1, 2, 3, None]),
                "risk_in_words": f"about {round(100 * risk)} in 100 have another hospital stay "
                "within 30 days",
                **{f"reason_{n}": told[n - 1] if n <= len(told) else None for n in range(1, 6)},
                "model_id": MODEL_ID,
                "run_id": RUN,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)
