"""The Table 1 of a study: its population, with and without the outcome, and by attribute.

A page is to be read, so it has a few rows: who the people are, the visits, the most frequent
covariates of each domain, and further frequent ones in which people with and without the outcome
differ most.
"""

import polars as pl

from analytics.features.characterisation.characteristics import (
    EVERYONE,
    GROUP_COLUMNS,
    OVERALL,
    characterise,
)
from analytics.features.characterisation.differences import (
    largest_groups,
    standardised_difference,
)
from analytics.features.characterisation.disclosed import compare_disclosed, disclose
from analytics.features.covariates import Covariates
from analytics.features.demographics import AGE, PRIOR_OBSERVATION
from analytics.features.matrix import CovariateMatrix

OUTCOME, WITH, WITHOUT = "outcome", "With the outcome", "Without the outcome"
ATTRIBUTES = {"sex": "Sex", "age_band": "Age", "race": "Race", "ethnicity": "Ethnicity"}
UNKNOWN = "Unknown"
PEOPLE, DIFFERENT = "people", "difference"
COUNTED = "visit"
"""The domain of which the number is told; of others, how many rows have the covariate."""
PRESENT = ("condition", "drug", "procedure", "measurement", "device", "observation")
ABOUT_PEOPLE = (AGE.analysis_id, PRIOR_OBSERVATION.analysis_id)
SECTIONS = (PEOPLE, COUNTED, *PRESENT, DIFFERENT)
MOST_IN_SECTION = 6
MOST_DIFFERENT = 10
MOST_READ = 30
STATISTICS = (
    *("share", "mean", "sd", "p25", "median", "p75"),
    *("standardised_difference", "standardised_difference_lower", "standardised_difference_upper"),
)
COLUMNS = (
    *("characteristic_number", "section", "covariate_id", "characteristic", "kind"),
    *("of_attribute", "of_group", "attribute", "group_name", "reference_group"),
    *("n_rows", "n_people_in_smallest_part"),
    *STATISTICS,
)


def describe_population(
    people: pl.DataFrame, matrix: CovariateMatrix, smallest_cell: int
) -> pl.DataFrame:
    """One row for each characteristic, attribute and group of a study's population (`COLUMNS`).

    `people` has one row for each row of the population: `row_id`, `person_id`, `had_outcome`, and
    `sex`, `age_band`, `race`, `ethnicity` as text. `attribute` is `overall`, `outcome` or one of
    these four.

    Groups of people (`kind` category) are described overall and by outcome; their shares are exact,
    being those of counts that the population's profile shows or withholds. Everything else has
    passed `disclose`: shares follow from rounded counts. `n_rows` is exact, for the mart to round;
    `n_people_in_smallest_part` is below the smallest cell where the row is withheld.
    """
    groups = _groups(people)
    covariates = _covariates_to_read(matrix)
    exact = characterise(covariates, groups)
    shown = disclose(exact, smallest_cell)
    references = largest_groups(shown) | {OUTCOME: WITHOUT}
    is_of_both = set(shown.filter(pl.col("attribute") == OUTCOME)["group_name"]) == {WITH, WITHOUT}
    if not is_of_both:
        del references[OUTCOME]
    compared = compare_disclosed(shown, references)
    described = _with_counts(compared, exact, smallest_cell)
    chosen = _choose(compared, covariates)
    rows = chosen.join(described, on="covariate_id", how="inner", maintain_order="left_right")
    found = pl.concat([_categories(people), rows.select(COLUMNS[1:])], how="vertical_relaxed")
    in_order = pl.col("section").cast(pl.Enum(SECTIONS)).to_physical()
    numbers = found.select("section", "covariate_id").unique(maintain_order=True)
    numbers = numbers.sort(in_order, maintain_order=True).with_row_index(
        "characteristic_number", offset=1
    )
    return (
        found.join(numbers, on=["section", "covariate_id"], how="left", maintain_order="left")
        .select(COLUMNS)
        .sort("characteristic_number", "attribute", "group_name")
    )


def _groups(people: pl.DataFrame) -> pl.DataFrame:
    outcome = pl.when("had_outcome").then(pl.lit(WITH)).otherwise(pl.lit(WITHOUT))
    named = {OVERALL: pl.lit(EVERYONE), OUTCOME: outcome} | {
        attribute: pl.col(attribute) for attribute in ATTRIBUTES
    }
    return pl.concat(
        people.select("row_id", "person_id", attribute=pl.lit(attribute), group_name=group).select(
            GROUP_COLUMNS
        )
        for attribute, group in named.items()
    )


def _covariates_to_read(matrix: CovariateMatrix) -> Covariates:
    """Age, observation, visits counted, and whether anything else was recorded in the year.

    Of each domain the most frequent covariates, more of them than are shown: further ones are shown
    where people with and without the outcome differ in them.
    """
    year = -365
    windowed = matrix.covariate_ref.filter(
        pl.col("domain").is_in((COUNTED, *PRESENT)), "missing_means_zero"
    )
    # Without the year before index, the longest of the windows that the study has.
    first = pl.col("window_first_day").fill_null(-1_000_000)
    wanted = (
        windowed.sort((first - year).abs(), "analysis_id")
        .unique("domain", keep="first", maintain_order=True)["analysis_id"]
        .to_list()
    )
    kept = matrix.covariate_ref.filter(pl.col("analysis_id").is_in([*wanted, *ABOUT_PEOPLE]))
    is_present = pl.col("domain").is_in(PRESENT)
    values = matrix.values.join(kept.select("covariate_id", "domain"), on="covariate_id").filter(
        ~is_present | (pl.col("value") > 0)
    )
    frequent = (
        values.group_by("covariate_id", "domain")
        .len()
        .sort("domain", "len", "covariate_id", descending=[False, True, False])
        .filter(pl.int_range(pl.len()).over("domain") < MOST_READ)
    )
    kept = kept.join(frequent, on="covariate_id", how="semi", maintain_order="left")
    return Covariates(
        covariates=values.join(frequent, on="covariate_id", how="semi").select(
            "row_id",
            "covariate_id",
            covariate_value=pl.when(is_present).then(1.0).otherwise("value"),
        ),
        covariate_ref=kept.select("covariate_id", "covariate_name", "analysis_id", "concept_id"),
        analysis_ref=kept.unique("analysis_id", keep="first", maintain_order=True).select(
            "analysis_id",
            analysis_name="domain",
            domain_id="domain",
            is_binary=pl.when(is_present).then(pl.lit("Y")).otherwise(pl.lit("N")),
            missing_means_zero=pl.when("missing_means_zero")
            .then(pl.lit("Y"))
            .otherwise(pl.lit("N")),
        ),
    )


def _with_counts(compared: pl.DataFrame, exact: pl.DataFrame, smallest_cell: int) -> pl.DataFrame:
    """What is shown, with exact counts, and the people for whose sake a row is withheld."""
    place = ["attribute", "group_name", "covariate_id"]
    parts = exact.select(
        *place, "n_people", "n_people_without", "n_rows", n_in_group="n_people_of_group"
    )
    sizes = [
        pl.when(pl.col(name) > 0).then(name)
        for name in ("n_people", "n_people_without", "n_in_group")
    ]
    smallest = pl.min_horizontal(sizes).min().over("attribute", "covariate_id")
    is_everyone = pl.col("n_people_without") == 0
    return (
        compared.drop("n_rows")
        .join(parts, on=place, how="left", maintain_order="left")
        .with_columns(
            kind=pl.when("is_binary").then(pl.lit("share")).otherwise(pl.lit("value")),
            of_attribute=pl.lit(""),
            of_group=pl.lit(""),
            n_people_in_smallest_part=pl.when("is_suppressed")
            .then(pl.min_horizontal(smallest, smallest_cell - 1))
            .otherwise(smallest_cell),
            # Everyone has an age: that count is the group's, and told by its profile.
            n_rows=pl.when(~is_everyone).then("n_rows"),
        )
    )


def _choose(compared: pl.DataFrame, covariates: Covariates) -> pl.DataFrame:
    """One row for each covariate to show: its section and name."""
    outcome = pl.col("attribute") == OUTCOME
    difference = pl.col("standardised_difference").abs()
    everyone = (
        compared.filter(pl.col("attribute") == OVERALL, ~pl.col("is_suppressed"))
        .select("covariate_id", "analysis_id", "share")
        .join(covariates.analysis_ref.select("analysis_id", "domain_id"), on="analysis_id")
        .join(covariates.covariate_ref.select("covariate_id", "covariate_name"), on="covariate_id")
        .join(
            compared.filter(outcome).group_by("covariate_id").agg(difference=difference.max()),
            on="covariate_id",
            how="left",
        )
    )
    is_person = pl.col("analysis_id").is_in(ABOUT_PEOPLE)
    section = pl.when(is_person).then(pl.lit(PEOPLE)).otherwise("domain_id")
    frequent = (
        everyone.with_columns(section=section)
        .sort("section", -pl.col("share"), "covariate_id")
        .filter(pl.int_range(pl.len()).over("section") < MOST_IN_SECTION)
    )
    different = (
        everyone.join(frequent, on="covariate_id", how="anti")
        .filter(pl.col("difference") > 0)
        .sort("difference", "covariate_id", descending=[True, False])
        .head(MOST_DIFFERENT)
        .with_columns(section=pl.lit(DIFFERENT))
    )
    # "Asthma: times recorded in the last 365 days" is read as whether, not as how often.
    name = pl.col("covariate_name").str.replace(r": times .*?(in the last|at any time)", ", ${1}")
    return pl.concat([frequent, different]).select("section", "covariate_id", characteristic=name)


def _categories(people: pl.DataFrame) -> pl.DataFrame:
    """Sex, age, race and ethnicity of everyone, and of those with and without the outcome."""
    long = people.unpivot(
        on=list(ATTRIBUTES), index=["row_id", "had_outcome"], variable_name="of_attribute",
        value_name="of_group",
    )  # fmt: skip
    outcome = pl.col("had_outcome")
    shares = long.group_by("of_attribute", "of_group").agg(
        **{
            EVERYONE: pl.len() / people.height,
            WITH: outcome.sum() / people["had_outcome"].sum(),
            WITHOUT: (~outcome).sum() / (~people["had_outcome"]).sum(),
        }
    )
    long_shares = (
        shares.sort(
            pl.col("of_attribute").cast(pl.Enum(list(ATTRIBUTES))),
            pl.col("of_group") == UNKNOWN,
            "of_group",
        )
        .with_row_index("place")
        .unpivot(
            on=[EVERYONE, WITH, WITHOUT],
            index=["of_attribute", "of_group", "place"],
            variable_name="group_name",
            value_name="share",
        )
        .join(
            shares.select("of_attribute", "of_group", beside=WITHOUT),
            on=["of_attribute", "of_group"],
        )
    )
    share, beside = pl.col("share"), pl.col("beside")
    is_compared = (pl.col("group_name") == WITH) & beside.is_finite()
    difference = pl.when(is_compared).then(
        standardised_difference(share, _sd(share), beside, _sd(beside))
    )
    is_overall = pl.col("group_name") == EVERYONE
    empty = {name: pl.lit(None, pl.Float64) for name in STATISTICS}
    return (
        long_shares.filter(share.is_finite())
        .with_columns(
            **(empty | {"share": share}),
        )
        .with_columns(
            section=pl.lit(PEOPLE),
            # A place in a list, and no concept: negative, so that it is no covariate's id.
            covariate_id=-1 - pl.col("place").cast(pl.Int64),
            characteristic=pl.format(
                "{}: {}", pl.col("of_attribute").replace_strict(ATTRIBUTES), "of_group"
            ),
            kind=pl.lit("category"),
            attribute=pl.when(is_overall).then(pl.lit(OVERALL)).otherwise(pl.lit(OUTCOME)),
            reference_group=pl.when(~is_overall).then(pl.lit(WITHOUT)),
            n_rows=pl.lit(None, pl.Int64),
            n_people_in_smallest_part=pl.lit(None, pl.Int64),
            **dict.fromkeys(STATISTICS[-3:], difference),
        )
        .select(COLUMNS[1:])
    )


def _sd(share: pl.Expr) -> pl.Expr:
    return (share * (1 - share)).sqrt()
