"""What FeatureExtraction 3.14.0 gave on shared data, and what we give, compared by analysis."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import polars as pl

from analytics.features.covariates import Covariates
from analytics.features.prespecified import PolarsCdm, build_prespecified_covariates
from analytics.features.prespecified.catalogue import read_catalogue
from tests.support.shared import shared_agreement, shared_data

TOLERANCE = 1e-6
DEFAULT_FILES = ("default_end0", "default_endm1")
FILES = {
    "corner": (*DEFAULT_FILES, "all_endm1", "all_end0"),
    "gibleed": (*DEFAULT_FILES, "all_endm1"),
    "mimic_iv_demo": DEFAULT_FILES,
    "synthea1k": (*DEFAULT_FILES, "all_endm1"),
    "synthea27nj": (*DEFAULT_FILES, "all_endm1"),
    "synthea_fhir_r4": (*DEFAULT_FILES, "all_endm1"),
}
END_DAYS = {"end0": 0, "endm1": -1}
PAIR = ["row_id", "covariate_id"]
UNREACHED = "no file exercises it"
VERDICTS = ("equal", "missing", "extra", "different")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One row for each analysis: how many triples are equal, missing, extra, different.

    `references` says which of covariate_ref and analysis_ref differ.
    """

    verdicts: pl.DataFrame
    references: tuple[str, ...] = ()

    @property
    def unequal(self) -> pl.DataFrame:
        """The analyses that have a triple which is not equal."""
        return self.verdicts.filter(pl.sum_horizontal("missing", "extra", "different") > 0)


def expected(dataset: str, file: str) -> pl.DataFrame:
    """One row for each triple of the reference."""
    folder = shared_agreement("featureextraction") / dataset
    return pl.read_parquet(folder / f"covariates_{file}.parquet")


@cache
def made(dataset: str, file: str) -> Covariates:
    """Our covariates for the cohort and settings of a reference file."""
    preset, end_day = file.split("_")
    return build_prespecified_covariates(
        cohort_of(dataset),
        PolarsCdm(tables_of(dataset)),
        preset=f"featureextraction-{preset}",
        end_day=END_DAYS[end_day],
    )


def cohort_of(dataset: str) -> pl.DataFrame:
    """One row for each cohort row of a reference."""
    return pl.read_parquet(shared_agreement("featureextraction") / dataset / "cohort.parquet")


def tables_of(dataset: str) -> dict[str, pl.LazyFrame]:
    """The CDM's own tables, one frame for each."""
    return {file.stem: pl.scan_parquet(file) for file in shared_data(dataset).glob("*.parquet")}


@cache
def compared(dataset: str, file: str) -> Comparison:
    """Our triples beside the reference's, as multisets: the nth of a pair with the nth."""
    ours, theirs = made(dataset, file), expected(dataset, file)
    folder = shared_agreement("featureextraction") / dataset
    references = {
        "covariate_ref": (ours.covariate_ref, folder / f"covariate_ref_{file}.parquet"),
        "analysis_ref": (ours.analysis_ref, folder / f"analysis_ref_{file}.parquet"),
    }
    return Comparison(
        verdicts=compare(ours.covariates, theirs),
        references=tuple(
            name
            for name, (frame, path) in references.items()
            if not _same_rows(frame, pl.read_parquet(path))
        ),
    )


def compare(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """One row for each analysis, with how many triples are equal, missing, extra, different."""
    apart = (pl.col("covariate_value") - pl.col("covariate_value_theirs")).abs()
    return (
        _numbered(ours)
        .join(_numbered(theirs), on=[*PAIR, "nth"], how="full", coalesce=True, suffix="_theirs")
        .group_by(analysis_id=pl.col("covariate_id") % 1000)
        .agg(
            equal=(apart <= TOLERANCE).sum(),
            missing=pl.col("covariate_value").is_null().sum(),
            extra=pl.col("covariate_value_theirs").is_null().sum(),
            different=(apart > TOLERANCE).sum(),
        )
        .sort("analysis_id")
    )


def report(comparisons: Iterable[Comparison]) -> str:
    """For each of the 118 analyses: equal/missing/extra/different, or that no file exercises it."""
    verdicts = pl.concat(comparison.verdicts for comparison in comparisons)
    total = {
        analysis_id: counts
        for analysis_id, *counts in verdicts.group_by("analysis_id")
        .agg(pl.col(VERDICTS).sum(), files=pl.len())
        .iter_rows()
    }
    line = "{:>8}  {:>8} {:>8} {:>8} {:>9} {:>5}  {}"
    lines = [line.format("analysis", *VERDICTS, "files", "")]
    for analysis in read_catalogue():
        counts = total.get(analysis.analysis_id)
        if counts:
            lines.append(line.format(analysis.analysis_id, *counts, analysis.analysis_name))
        else:
            lines.append(f"{analysis.analysis_id:>8}  {UNREACHED}  {analysis.analysis_name}")
    return "\n".join(lines)


def _numbered(triples: pl.DataFrame) -> pl.DataFrame:
    return triples.sort(*PAIR, "covariate_value").with_columns(
        nth=pl.int_range(pl.len()).over(PAIR)
    )


def _same_rows(ours: pl.DataFrame, theirs: pl.DataFrame) -> bool:
    theirs = theirs.select(ours.columns).cast(dict(ours.schema))
    return ours.sort(ours.columns).equals(theirs.sort(ours.columns))
