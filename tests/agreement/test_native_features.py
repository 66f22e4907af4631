"""Does the native pass give the triples that FeatureExtraction 3.14.0 gave?"""

import pytest

from analytics.features.native.build import build_natively
from analytics.features.prespecified import PolarsCdm
from tests.support.feature_extraction import (
    END_DAYS,
    FILES,
    cohort_of,
    compare,
    expected,
    tables_of,
)
from tests.support.shared import shared_data

pytestmark = pytest.mark.needs_shared


def check(dataset: str, file: str) -> None:
    preset, end_day = file.split("_")
    made = build_natively(
        cohort_of(dataset),
        PolarsCdm(tables_of(dataset)),
        {path.stem: [path] for path in shared_data(dataset).glob("*.parquet")},
        preset=f"featureextraction-{preset}",
        end_day=END_DAYS[end_day],
        threads=2,
        people_in_a_shard=100,
    )
    verdicts = compare(made.covariates, expected(dataset, file))
    assert verdicts.select("missing", "extra", "different").sum().row(0) == (0, 0, 0)
    assert verdicts["equal"].sum() == expected(dataset, file).height > 9_000


@pytest.mark.parametrize("file", ["default_end0", "all_endm1"])
def test_the_native_pass_gives_the_covariates_of_feature_extraction_on_corner(file):
    check("corner", file)


@pytest.mark.agreement
@pytest.mark.parametrize(
    ("dataset", "file"),
    [(dataset, file) for dataset in FILES if dataset != "corner" for file in FILES[dataset]],
)
def test_the_native_pass_gives_the_covariates_of_feature_extraction(dataset, file):
    check(dataset, file)
