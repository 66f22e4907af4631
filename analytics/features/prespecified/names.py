"""What each covariate is called, in FeatureExtraction's own forms of name."""

import polars as pl

from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.windows import first_day

UNKNOWN = "Unknown concept"
FIXED_NAMES = {
    2: "age in years",
    8: "observation time (days) prior to index",
    9: "observation time (days) after index",
    10: "time (days) between cohort start and end",
    901: "Charlson index - Romano adaptation",
    902: "Diabetes Comorbidity Severity Index (DCSI)",
    903: "CHADS2",
    904: "CHADS2VASc",
    926: "Hospital Frailty Risk Score (hfrs)",
}


def name_of(analysis: PrespecifiedAnalysis, end_day: int) -> pl.Expr:
    """The name, made of `concept_name`, `unit_name`, `answer_name`, and `concept` or `group`."""
    if analysis.analysis_id in FIXED_NAMES:
        return pl.lit(FIXED_NAMES[analysis.analysis_id])
    concept = pl.col("concept_name").fill_null(UNKNOWN)
    first = first_day(analysis.window, end_day)
    between = f"day {first} through {end_day}"
    when = f"during {between}" if first is not None else f"any time prior through {end_day}"
    relative = "days relative to index: "
    match analysis.measure:
        case "gender" | "race" | "ethnicity" as fact:
            return pl.concat_str(pl.lit(f"{fact} = "), concept)
        case "age_group":
            years = pl.col("concept") * 5
            return pl.format("age group: {} - {}", _padded(years), _padded(years + 4))
        case "index_year":
            return pl.format("index year: {}", "concept")
        case "index_month":
            return pl.format("index month: {}", "concept")
        case "index_year_month":
            return pl.format("index year and month: {}", "concept")
        case "care_site":
            return pl.format("care site ID = {}", "concept")
        case "concept" | "inpatient_concept":
            place = " (inpatient)" if analysis.measure == "inpatient_concept" else ""
            start = f"{analysis.table} {when} {relative}"
            return pl.concat_str(pl.lit(start), concept, pl.lit(place))
        case "concept_group":
            start = f"{analysis.table} group ({analysis.analysis_name}) {when} {relative}"
            return pl.concat_str(pl.lit(start), concept)
        case "range_group":
            during = when if first is not None else f"during {when}"
            group = pl.col("group").replace_strict({1: "below", 2: "within", 3: "above"})
            return pl.format(
                f"measurement {{}} normal range {during} {relative}{{}}", group, concept
            )
        case "value":
            during = when if first is not None else f"during {when}"
            start = f"{analysis.table} value {during} {relative}"
            no_unit = (pl.col("unit_concept_id") == 0) & pl.col("unit_name").is_not_null()
            unit = pl.when(no_unit).then(pl.lit("Unknown unit")).otherwise("unit_name")
            return pl.format(f"{start}{{}} ({{}})", _or_empty("concept_name"), unit.fill_null(""))
        case "value_as_concept":
            answer = pl.col("answer_name").fill_null(UNKNOWN)
            start = f"{analysis.table} {when} {relative}"
            return pl.concat_str(pl.lit(start), concept, pl.lit(" = "), answer)
        case "distinct_concepts" | "records" | "records_by_concept":
            kind = "distinct concept" if analysis.measure == "distinct_concepts" else "concept"
            start = (
                f"{analysis.table} {kind} count during {between} concept_count relative to index"
            )
            if analysis.measure != "records_by_concept":
                return pl.lit(start)
            return pl.concat_str(pl.lit(f"{start}: "), concept)
    raise AssertionError(f"no form of name for {analysis.measure}")


def _or_empty(column: str) -> pl.Expr:
    return pl.col(column).fill_null("")


def _padded(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.pad_start(3, " ")
