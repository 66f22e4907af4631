"""Table 1 of the covariates that `catchment features` made: as CSV and as a page, disclosed.

Exact numbers stay in memory; what is written has passed `disclose`.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError
from analytics.exports.safe_text import make_texts_safe
from analytics.features.characterisation import (
    PageWords,
    characterise,
    choose_characteristics,
    compare_disclosed,
    disclose,
    group_rows,
    largest_groups,
    table_1_page,
)
from analytics.features.characterisation.characteristics import EVERYONE, OVERALL
from analytics.features.covariates import Covariates
from analytics.pipelines.feature_rows import read_cohort_file
from analytics.pipelines.steps import Display, Runner, Step, StepResult, write_aside
from analytics.settings import current_settings

CSV, PAGE = "table_1.csv", "table_1.html"
COHORT = "cohort"
HEADINGS = {
    "sex": "By sex",
    "age_band": "By age at index",
    "race": "By race",
    "ethnicity": "By ethnicity",
    COHORT: "The two cohorts",
}
READ = ("covariates", "covariate_ref", "analysis_ref", "rows")
NAMES = ("covariate_id", "covariate_name", "analysis_id", "analysis_name", "domain_id")


@dataclass(frozen=True, kw_only=True)
class Table1Request:
    """What is asked for: the covariates of one cohort, by attribute or beside another's.

    `features` and `compared_with` are folders of `catchment features`; `cohort` a Parquet file with
    the `row_id` of the rows to look at (all, where there is none).
    """

    features: Path
    out: Path
    cohort: Path | None = None
    by: tuple[str, ...] = ()
    compared_with: Path | None = None


@dataclass(frozen=True, kw_only=True)
class _Cohort:
    rows: pl.DataFrame
    covariates: Covariates


def characterise_cohort(request: Table1Request, display: Display | None = None) -> Path:
    """Write `CSV` and `PAGE` into `request.out`; the path of the page.

    Raises BadInputError for a folder that `catchment features` did not write, an unknown attribute,
    one that no covariate tells, or a cohort row for which no covariates were made.
    """
    if request.by and request.compared_with:
        raise BadInputError(
            "--by and --compared-with cannot go together: compare the two cohorts, then "
            "characterise each by its groups."
        )
    smallest_cell = current_settings().smallest_cell
    with tempfile.TemporaryDirectory(prefix="catchment-table-1-") as state:
        runner = Runner(Path(state), display)
        cohorts = _read(runner, request)
        compared = _characterise(runner, request, cohorts, smallest_cell)
        _write(runner, request, cohorts, compared, smallest_cell)
    return request.out / PAGE


def _read(runner: Runner, request: Table1Request) -> list[_Cohort]:
    found: list[_Cohort] = []

    def do() -> StepResult:
        read = [_read_cohort(request.features, request.cohort)]
        notes: tuple[str, ...] = ()
        if request.compared_with is not None:
            read.append(_read_cohort(request.compared_with, None))
            notes = _notes(read)
        found.extend(_of_analyses_in_all(read))
        return StepResult(
            notes=notes,
            n_people=found[0].rows["person_id"].n_unique(),
            detail="; ".join(
                f"{each.rows.height:,} rows, {each.covariates.covariate_ref.height:,} covariates"
                for each in found
            ),
        )

    runner.run(Step(name="read", title="Read the covariates", inputs={}, do=do))
    return found


def _read_cohort(folder: Path, cohort: Path | None) -> _Cohort:
    missing = [name for name in READ if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise BadInputError(
            f"{folder} lacks {', '.join(f'{name}.parquet' for name in missing)}. Give a folder "
            "that catchment features wrote."
        )
    frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in READ}
    rows = frames["rows"].select("row_id", person_id="subject_id")
    covariates = Covariates(
        covariates=frames["covariates"],
        covariate_ref=frames["covariate_ref"],
        analysis_ref=frames["analysis_ref"],
    )
    if cohort is None:
        return _Cohort(rows=rows, covariates=covariates)
    wanted = read_cohort_file(cohort)
    if wanted.is_numbered:
        raise BadInputError(
            f"--cohort {cohort} has no row_id, so its rows cannot be found among those of "
            f"{folder}. Leave it out to characterise all of them."
        )
    ids = wanted.rows["row_id"]
    unknown = ids.filter(~ids.is_in(rows["row_id"].implode()))
    if unknown.len():
        raise BadInputError(
            f"--cohort {cohort} has {unknown.len():,} rows for which {folder} has no covariates, "
            f"e.g. row_id {unknown[0]}. Make the features of that cohort first."
        )
    return _Cohort(rows=rows.filter(pl.col("row_id").is_in(ids.implode())), covariates=covariates)


def _of_analyses_in_all(cohorts: Sequence[_Cohort]) -> list[_Cohort]:
    """The cohorts with the covariates of any, if the analysis was made for all of them.

    What nobody of one cohort has is then 0 there, and not unknown.
    """
    if len(cohorts) == 1:
        return list(cohorts)
    analyses = _analyses_in_all(cohorts)
    reference = _together([each.covariates for each in cohorts])
    is_in_all = pl.col("analysis_id").is_in(analyses)
    return [
        _Cohort(
            rows=each.rows,
            covariates=Covariates(
                covariates=each.covariates.covariates,
                covariate_ref=reference.covariate_ref.filter(is_in_all),
                analysis_ref=reference.analysis_ref.filter(is_in_all),
            ),
        )
        for each in cohorts
    ]


def _analyses_in_all(cohorts: Sequence[_Cohort]) -> list[int]:
    made = [set(each.covariates.analysis_ref["analysis_id"].to_list()) for each in cohorts]
    return sorted(set.intersection(*made))


def _notes(cohorts: Sequence[_Cohort]) -> tuple[str, ...]:
    made = set(_together([each.covariates for each in cohorts]).analysis_ref["analysis_id"])
    left_out = len(made) - len(_analyses_in_all(cohorts))
    said = f"{left_out} analyses were made for one of the cohorts only; they are left out."
    return (said,) if left_out else ()


def _characterise(
    runner: Runner, request: Table1Request, cohorts: Sequence[_Cohort], smallest_cell: int
) -> pl.DataFrame:
    found: list[pl.DataFrame] = []

    def do() -> StepResult:
        if request.compared_with is None:
            shown = _shown(cohorts[0], request.by, smallest_cell)
            references = largest_groups(shown)
        else:
            names = _names(request.features, request.compared_with)
            shown = pl.concat(
                _as_cohort(_shown(each, (), smallest_cell), name)
                for each, name in zip(cohorts, names, strict=True)
            )
            references = {COHORT: names[1]}
        found.append(compare_disclosed(shown, references))
        n_withheld = int(shown["is_suppressed"].sum())
        return StepResult(
            detail=f"{shown.height:,} characteristics, {n_withheld:,} of them withheld"
        )

    runner.run(Step(name="characterise", title="Characterise and withhold", inputs={}, do=do))
    return found[0]


def _shown(cohort: _Cohort, by: Sequence[str], smallest_cell: int) -> pl.DataFrame:
    groups = group_rows(cohort.rows, cohort.covariates, by)
    return disclose(characterise(cohort.covariates, groups), smallest_cell)


def _names(features: Path, other: Path) -> tuple[str, str]:
    """What the two cohorts are called: their folders' names, or paths where these are alike."""
    if features.resolve().name != other.resolve().name:
        return features.resolve().name, other.resolve().name
    return str(features), str(other)


def _as_cohort(shown: pl.DataFrame, name: str) -> pl.DataFrame:
    return shown.with_columns(attribute=pl.lit(COHORT), group_name=pl.lit(name))


def _write(
    runner: Runner,
    request: Table1Request,
    cohorts: Sequence[_Cohort],
    compared: pl.DataFrame,
    smallest_cell: int,
) -> None:
    def do() -> StepResult:
        covariates = _together([each.covariates for each in cohorts])
        attributes, described = list(request.by), (OVERALL, EVERYONE)
        if request.compared_with is not None:
            attributes = [COHORT]
            described = (COHORT, _names(request.features, request.compared_with)[0])
        chosen = choose_characteristics(compared, covariates, described=described)
        words = PageWords(
            title=f"Table 1: {request.features.resolve().name}",
            said=_said(smallest_cell),
            attributes={name: HEADINGS[name] for name in attributes},
        )
        named = compared.join(
            _named(covariates), on="covariate_id", how="left", maintain_order="left"
        )
        request.out.mkdir(parents=True, exist_ok=True)
        columns = [*NAMES, *(name for name in compared.columns if name not in NAMES)]
        write_aside(request.out / CSV, make_texts_safe(named.select(columns)).write_csv())
        write_aside(request.out / PAGE, table_1_page(compared, chosen, words))
        return StepResult(detail=f"{CSV} and {PAGE} in {request.out}")

    runner.run(Step(name="write", title="Write the tables", inputs={}, do=do))


def _together(covariates: Sequence[Covariates]) -> Covariates:
    """The names of all covariates; no values."""
    return Covariates(
        covariates=covariates[0].covariates.clear(),
        covariate_ref=pl.concat(
            [each.covariate_ref for each in covariates], how="diagonal_relaxed"
        ).unique("covariate_id", keep="first", maintain_order=True),
        analysis_ref=pl.concat(
            [each.analysis_ref for each in covariates], how="diagonal_relaxed"
        ).unique("analysis_id", keep="first", maintain_order=True),
    )


def _named(covariates: Covariates) -> pl.DataFrame:
    """One row for each covariate, with its name and what its analysis is called."""
    analyses = covariates.analysis_ref.select(
        pl.col("analysis_id").cast(pl.Int64), "analysis_name", "domain_id"
    )
    return (
        covariates.covariate_ref.select(
            "covariate_id", "covariate_name", pl.col("analysis_id").cast(pl.Int64)
        )
        .unique("covariate_id", keep="first", maintain_order=True)
        .join(analyses, on="analysis_id", how="left", maintain_order="left")
        .drop("analysis_id")
    )


def _said(smallest_cell: int) -> list[str]:
    return [
        f"Counts of fewer than {smallest_cell} people, and what would tell them, are withheld; "
        f"other counts of covariates are rounded to the nearest multiple of {smallest_cell}, and "
        "shares, means and differences follow from the rounded counts.",
        "Shares are of rows, one for each index date. Values: mean (standard deviation), median "
        "[quartiles]. Quartiles and the smallest and largest value are shown only where enough "
        "people share or surround them.",
        "SMD: standardised mean difference from the reference group, in standard deviations; "
        "0.1 and more is marked. How far rounding can move it is in the CSV.",
    ]
