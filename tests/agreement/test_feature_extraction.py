"""Do we give the covariates that FeatureExtraction 3.14.0 gave on the same CDM and cohort?

Triples are compared as multisets, values within 1e-6; `covariate_ref` and `analysis_ref` row by
row. `corner` is a made-up CDM that reaches every analysis; it runs in `make test`, the others in
`make agreement`. Run with `-s` to see the report by analysis.
"""

import polars as pl
import pytest

from analytics.features.prespecified.catalogue import read_catalogue
from tests.support.feature_extraction import (
    FILES,
    UNREACHED,
    compare,
    compared,
    expected,
    report,
)

pytestmark = pytest.mark.needs_shared

CORNER = [("corner", file) for file in FILES["corner"]]
OTHERS = [(dataset, file) for dataset in FILES if dataset != "corner" for file in FILES[dataset]]


def check(dataset: str, file: str) -> None:
    comparison = compared(dataset, file)
    assert comparison.unequal.rows() == []
    assert comparison.references == ()
    assert comparison.verdicts["equal"].sum() == expected(dataset, file).height > 9_000


@pytest.mark.parametrize(("dataset", "file"), CORNER)
def test_every_covariate_of_the_corner_cdm_is_the_one_of_feature_extraction(dataset, file):
    check(dataset, file)


@pytest.mark.agreement
@pytest.mark.parametrize(("dataset", "file"), OTHERS)
def test_every_covariate_of_the_other_cdms_is_the_one_of_feature_extraction(dataset, file):
    check(dataset, file)


def test_the_corner_cdm_reaches_each_of_the_118_analyses():
    comparisons = [compared(dataset, file) for dataset, file in CORNER]
    told = report(comparisons)
    print(f"\ncorner, {len(CORNER)} files\n{told}")

    assert len(read_catalogue()) == 118
    assert UNREACHED not in told
    assert min(comparisons[-1].verdicts["equal"]) >= 100


@pytest.mark.agreement
def test_the_report_tells_each_analysis_of_all_files():
    print()
    for dataset in FILES:
        told = report(compared(dataset, file) for file in FILES[dataset])
        print(f"{dataset}: {', '.join(FILES[dataset])}\n{told}\n")

    every = [compared(dataset, file) for dataset in FILES for file in FILES[dataset]]
    assert [comparison.unequal.height for comparison in every] == [0] * 18


def test_the_comparison_sees_what_is_missing_extra_and_different():
    theirs = expected("corner", "default_end0")
    first = theirs.head(1)
    changed = first.with_columns(covariate_value=pl.col("covariate_value") + 2e-6)

    assert compare(theirs.slice(1), theirs)["missing"].sum() == 1
    assert compare(pl.concat([theirs, first]), theirs)["extra"].sum() == 1
    assert compare(pl.concat([changed, theirs.slice(1)]), theirs)["different"].sum() == 1
    assert compare(theirs.reverse(), theirs)["equal"].sum() == theirs.height
