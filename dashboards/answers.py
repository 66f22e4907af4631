"""The sentence under each page's title: the question answered, with numbers."""

from collections.abc import Mapping

import polars as pl

from dashboards import amounts, metrics, words
from dashboards.choosing import RiskFilters, group_verdicts, main_model, one_row

JUDGED = ("within limit", "differs as risks do", "disparity")
CALIBRATION_OR_ERROR_RATES = (
    "**Two kinds of fairness, and one of them has to give.** Where the outcome is more frequent in "
    "one group than in another, a model cannot both be calibrated in every group (a risk of 20 % "
    "means 20 % for everyone) and find or wrongly flag the same share of every group. Observed to "
    "expected speaks of the first, the shares found and wrongly flagged of the second. Which one "
    "matters depends on what is done with the list."
)
COHORTS_CAUTION = (
    "A cohort holds those of whom the record says so: who has a condition that nobody wrote down "
    "is not in it."
)
ATTRITION_CAUTION = (
    "Events and people that remain after each rule, in the order of the definition. A rule that "
    "removes more of one group than of others is no error by itself: ask whether it means to."
)
INDEX_EVENTS_CAUTION = (
    "Records of the entry criteria on the days that open the cohort. Who enters with several "
    "concepts is counted with each. Counts are rounded to the nearest multiple of the smallest "
    "cell."
)
INCIDENCE_CAUTION = (
    "First entries for 1,000 person-years at risk: the observed days up to a person's first "
    "entry. In the first years of the data many entries are no new ones, for earlier records are "
    "not there."
)
OVERLAP_CAUTION = (
    "People who are in both, on whatever days. Counts are rounded to the nearest multiple of the "
    "smallest cell."
)
ORPHANS_CAUTION = (
    "Concepts outside of a set whose name has all the telling words of a concept in it, or which "
    "are recorded and stand beside or above one in the hierarchy. Most are left out with reason: "
    "somebody who knows the condition should look. Counts are rounded."
)
TABLE_1_CAUTION = (
    "Shares are of index dates; a number is the mean with its standard deviation. Counts of "
    "covariates are rounded to the nearest multiple of the smallest cell, and shares and "
    "differences follow from the rounded counts."
)
DIFFERENCE_NOTE = (
    "In standard deviations; dotted lines at 0.1, below which groups are usually called alike. "
    "The whiskers are what rounded counts leave open, not chance."
)
NOT_CAUSES = (
    "A characteristic that is more frequent among those with the outcome is no cause of it, and "
    "what was not recorded is not known to be absent."
)


def population(attrition: pl.DataFrame, study: str) -> str:
    """Who is in the study and how many had the outcome."""
    last = attrition.filter(pl.col("is_applied")).row(-1, named=True)
    outcome = words.study_words(study).outcome
    n_rows = last["n_rows"]
    days = (
        "index dates too few to show" if n_rows is None else f"{amounts.count(n_rows)} index dates"
    )
    return (
        f"{words.sentence_case(amounts.people(last['n_people']))} with {days} are in the study; "
        f"{amounts.people(last['n_people_with_outcome'])} had the outcome: {outcome}."
    )


def characteristics(rows: pl.DataFrame) -> str:
    """How many people are described, how old they are, and what sets the outcome apart."""
    everyone = rows.filter(pl.col("attribute") == "overall")
    sizes = everyone.row(0, named=True)
    ages = everyone.filter(pl.col("characteristic") == "Age in years")
    age = amounts.number(ages["mean"].to_list()[0]) if ages.height else None
    said = f"{words.sentence_case(amounts.people(sizes['n_people_of_group']))} are described"
    said += f"; their mean age is {amounts.measured(age)} years." if age is not None else "."
    furthest = _furthest(rows.filter(pl.col("attribute") == "outcome"))
    if furthest is None:
        return said
    return (
        f"{said} Those with the outcome differ most from those without it in: "
        f"{furthest['characteristic']} "
        f"(SMD {amounts.standardised(amounts.number(furthest['standardised_difference']))})."
    )


def differences(rows: pl.DataFrame) -> str:
    """Which characteristic sets which group furthest apart."""
    furthest = _furthest(rows)
    if furthest is None:
        return ""
    return (
        f"Furthest apart: {furthest['group_name']} from {furthest['reference_group']}, in "
        f"{furthest['characteristic']} "
        f"(SMD {amounts.standardised(amounts.number(furthest['standardised_difference']))})."
    )


def about_table_1(rows: pl.DataFrame) -> str:
    """How to read the table, and which groups it cannot show."""
    shown = set(rows.drop_nulls("share")["group_name"].to_list())
    left_out = sorted(set(rows["group_name"].to_list()) - shown)
    said = f"{TABLE_1_CAUTION} Of each domain the most frequent covariates are shown."
    references = rows["reference_group"].drop_nulls().unique().sort().to_list()
    if references:
        said += f" Differences are from: {words.listing(references)}."
    return f"{said} Too few to show: {words.listing(left_out)}." if left_out else said


def _furthest(rows: pl.DataFrame) -> Mapping[str, object] | None:
    """The row with the largest standardised mean difference."""
    compared = rows.drop_nulls("standardised_difference").sort(
        -pl.col("standardised_difference").abs(), "characteristic_number"
    )
    return compared.row(0, named=True) if compared.height else None


def rests_on(n_people: int | None) -> str:
    """How many people with the outcome the evaluation rests on."""
    if n_people is None:
        return "The evaluation rests on too few people with the outcome to say how many."
    return f"The evaluation rests on {amounts.people(n_people)} with the outcome."


def model(performance: pl.DataFrame) -> str:
    """How well the main model ranks, beside age and sex alone, and whether its risks are right."""
    main = main_model(performance)
    ranks = one_row(performance, model_name=main, metric="auroc")
    ratio = one_row(performance, model_name=main, metric="observed_expected_ratio")
    plain = one_row(performance, model_name="age_and_sex", metric="auroc")
    name = words.model(main)
    name = name[:1].lower() + name[1:]
    if not ranks or ranks["value"] is None:
        return (
            f"A model was trained ({name}), but there were too few people with and without the "
            "outcome to say how well it ranks."
        )
    said = (
        f"The model ({name}) ranks a person who had the outcome above one who had not with "
        f"probability {metrics.value_with_interval(ranks)}"
    )
    if plain and main != "age_and_sex":
        said += f"; age and sex alone reach {metrics.value_with_interval(plain)}"
    if ratio and ratio["value"] is not None:
        said += f". For each outcome it expects, {metrics.value_with_interval(ratio)} were seen"
    return f"{said}. In brackets: 95 % intervals."


def validation(performance: pl.DataFrame) -> str:
    """On whom the numbers were measured."""
    how = {
        "test_set": "Measured on people whom no model saw in training.",
        "cross_validation": "Measured by cross-validation over people, because a test set would "
        "have held too few with the outcome.",
    }
    found = performance["validation"].unique().sort().to_list()
    return (
        " ".join(how.get(name, name) for name in found) + " Intervals are 95 %, resampling people."
    )


def fairness(audit: pl.DataFrame) -> str:
    """How many groups could be judged, and which differ."""
    verdicts = group_verdicts(audit)
    if not verdicts:
        return "No group was audited."
    differ = [group for (_, group), verdict in verdicts.items() if verdict == "disparity"]
    judged = [verdict for verdict in verdicts.values() if verdict in JUDGED]
    compared = len(verdicts) - list(verdicts.values()).count("reference")
    if not judged:
        return (
            f"None of the {compared} groups compared with a reference group has enough people with "
            "the outcome to be judged. That is not the same as being fair."
        )
    said = f"{len(judged)} of {compared} groups could be compared with their reference group; "
    if not differ:
        return (
            f"{said}none shows a disparity. {_allowed_for(audit)} The others are too few to judge."
        )
    which = words.listing(dict.fromkeys(differ))
    verb = "differs" if len(differ) == 1 else "differ"
    return f"{said}{which} {verb} by more than the limit in at least one metric. " + _allowed_for(
        audit
    )


def _allowed_for(audit: pl.DataFrame) -> str:
    """How many comparisons show a disparity, of how many."""
    compared = audit.filter(pl.col("attribute") != "overall")
    n_disparities = compared.filter(pl.col("verdict") == "disparity").height
    n_judged = compared.filter(pl.col("verdict").is_in(JUDGED)).height
    return (
        f"{n_disparities} of {n_judged} comparisons show a disparity after allowance for the "
        "number of groups and measures."
    )


def risk(people: pl.DataFrame, study: str) -> str:
    """How many people the list holds, as of when, and who is first."""
    first = people.row(0, named=True)
    n_people = amounts.people(people["person_id"].n_unique())
    outcome = words.study_words(study).outcome
    n_flagged = people.filter(pl.col("is_flagged"))["person_id"].n_unique()
    return (
        f"{n_people} are on the list, with data up to {first['as_of_date']:%-d %b %Y}; the first "
        f"{n_flagged:,} {'is' if n_flagged == 1 else 'are'} within the study's capacity. "
        f"The highest risk of {outcome} is "
        f"{amounts.share(first['risk'])}."
    )


def filters(chosen: RiskFilters) -> str:
    """The filters in words, as they go into the log of exports."""
    parts = [f"the first {chosen.capacity:,} by risk"]
    for name, values in (
        ("sex", chosen.sexes),
        ("age", chosen.age_bands),
        ("care site", chosen.care_sites),
    ):
        if values:
            parts.append(f"{name} {words.listing(values)}")
    return "; ".join(parts)


def cohort(row: Mapping[str, object]) -> str:
    """How many people and rows the cohort has."""
    n_people, n_rows = row["n_people"], row["n_rows"]
    name = row["title"]
    if n_people is None:
        return f"{name}: how many people are in it is withheld."
    return f"{name}: {amounts.people(_whole(n_people))} with {_whole(n_rows):,} rows are in it."


def incidence(rows: pl.DataFrame) -> str:
    """The incidence of everyone, with its interval."""
    row = one_row(rows, attribute="overall")
    if not row or row["cases_per_1000_years"] is None:
        return "The incidence of everyone is withheld."
    rate, lower, upper = (
        amounts.number(row[f"cases_per_1000_years{end}"]) for end in ("", "_lower", "_upper")
    )
    return (
        f"{amounts.people(_whole(row['n_cases']))} entered for the first time: {rate:.1f} for "
        f"1,000 person-years (95 % interval {lower:.1f} to {upper:.1f})."
    )


def _whole(number: object) -> int:
    return int(str(number))
