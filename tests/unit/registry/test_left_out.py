"""What a package says that a model was not given, and that it tells of no few people."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from analytics.contracts import load_unit_contracts
from analytics.evaluation import Counts
from analytics.features import CovariateMatrix, TidyRules, learn_tidying, tidy_csr
from analytics.features.units import FATES, UNIT_COUNTS
from analytics.models import PopulationRows
from analytics.models.recalibration import Recalibration
from analytics.models.train import TrainedModel, learn_logistic_l1
from analytics.registry import (
    LeftOut,
    find_left_out,
    load_package,
    make_package,
    save_package,
    write_model_card,
)
from analytics.studies import load_study

GLUCOSE, HAEMOGLOBIN = 3004501, 3000963
MG_PER_DL, MMOL_PER_L, G_PER_DL, KILOGRAM = 8840, 8753, 8713, 9529
REMOVED = pl.DataFrame(
    {
        "covariate_id": [1, 2, 3],
        "covariate_name": ["Rarely seen: times recorded", "Another: times recorded", "Sex: Female"],
        "why": ["rare", "rare", "redundant"],
    }
)


def unit_counts(*rows: tuple[int, int, int, dict[str, int]]) -> pl.DataFrame:
    """One row for each concept and unit: of how many people, and what became of the values."""
    return pl.DataFrame(
        [
            {
                "concept_id": concept_id,
                "unit_concept_id": unit,
                "n_people": n_people,
                "n_values": sum(fates.values()),
                **{f"n_{fate}": fates.get(fate, 0) for fate in FATES},
            }
            for concept_id, unit, n_people, fates in rows
        ],
        schema=UNIT_COUNTS,
    )


def left_out_of(*rows: tuple[int, int, int, dict[str, int]]) -> LeftOut:
    return find_left_out(
        covariates_removed=REMOVED, unit_counts=unit_counts(*rows), units=load_unit_contracts()
    )


def shares(left_out: LeftOut) -> dict[tuple[int, str], float | None]:
    """The share set aside by concept and the unit of the record."""
    columns = left_out.measured_units.select("concept_id", "recorded_in", "share_set_aside")
    return {(concept_id, unit): share for concept_id, unit, share in columns.rows()}


def test_rare_covariates_are_counted_and_redundant_ones_named():
    left_out = left_out_of()

    assert left_out.n_rare == 2
    assert left_out.redundant == ("Sex: Female",)


def test_the_share_of_values_set_aside_is_told_by_concept_and_unit():
    left_out = left_out_of(
        (GLUCOSE, MG_PER_DL, 300, {"as_recorded": 980, "implausible": 20}),
        (GLUCOSE, MMOL_PER_L, 100, {"converted": 400}),
        (GLUCOSE, KILOGRAM, 40, {"without_conversion": 50}),
        (HAEMOGLOBIN, 0, 90, {"without_unit": 200}),
    )

    assert shares(left_out) == {
        (GLUCOSE, "mg/dL"): 0.02,
        (GLUCOSE, "mmol/L"): 0.0,
        (GLUCOSE, "kg"): 1.0,
        (HAEMOGLOBIN, "no unit"): 1.0,
    }
    assert left_out.measured_units["mostly"].to_list() == [
        "beyond plausible limits",
        None,
        "a unit that nothing converts",
        "without a unit",
    ]


@pytest.mark.parametrize("few", [1, 10])
def test_a_unit_that_few_people_have_is_not_named_and_few_values_have_no_share(few: int):
    left_out = left_out_of(
        (GLUCOSE, MMOL_PER_L, few, {"converted": 400}),
        (GLUCOSE, MG_PER_DL, 300, {"as_recorded": 980, "implausible": few}),
        (HAEMOGLOBIN, G_PER_DL, 300, {"as_recorded": few, "implausible": 980}),
    )

    assert shares(left_out) == {(GLUCOSE, "mg/dL"): None, (HAEMOGLOBIN, "g/dL"): None}
    assert left_out.measured_units["mostly"].to_list() == [None, None]


def _matrix(values: list[tuple[int, int, float]]) -> CovariateMatrix:
    frame = pl.DataFrame(values, schema=["row_id", "covariate_id", "value"], orient="row")
    rows = pl.DataFrame({"row_id": range(30), "person_id": range(30), "index_day": 0})
    reference = frame.select("covariate_id", analysis_id=1).unique().sort("covariate_id")
    return CovariateMatrix(rows=rows, covariate_ref=reference, values=frame.cast({"value": float}))


@pytest.fixture(scope="module")
def package():
    """A model of 30 people, trained on covariates 11 and 12 divided by 40 and 5."""
    trained_on = _matrix([(row, 11, 40 - row) for row in range(30)] + [(3, 12, 5.0), (4, 12, 2.0)])
    tidying = learn_tidying(trained_on, range(30), TidyRules(scales=True))
    people = PopulationRows(
        covariates=tidy_csr(trained_on, tidying.kept),
        age=np.arange(30.0),
        sex=np.array(["Female"] * 30),
    )
    scorer = learn_logistic_l1(people, np.arange(30) % 2 == 0, strength=0.3, seed=1)
    model = TrainedModel(
        scorer=scorer, recalibration=Recalibration(intercept=0.0, slope=1.0), threshold=0.5
    )
    performance = pl.DataFrame(
        {
            "metric": ["auroc"],
            "value": [0.7],
            "value_lower": [0.6],
            "value_upper": [0.8],
            "n_rows": [30],
            "n_people": [30],
            "n_outcomes": [15],
            "n_people_with_outcome": [15],
        }
    )
    few = pl.DataFrame(
        schema={"n_people": pl.Int64, "n_people_with_outcome": pl.Int64, "attribute": pl.String}
    )
    return make_package(
        study=load_study("gi_bleed_nsaid_1y"),
        study_yaml="name: x\n",
        model=model,
        covariate_reference=tidying.kept.with_columns(
            covariate_name=pl.lit("A"), domain=pl.lit("drug")
        ),
        learned_from=Counts(n_rows=30, n_people=30, n_outcomes=15, n_people_with_outcome=15),
        validation="test_set",
        performance=performance,
        calibration=few,
        audit=few,
        left_out=left_out_of((GLUCOSE, KILOGRAM, 40, {"without_conversion": 50})),
    )


def test_another_day_s_people_are_scaled_as_those_of_the_training_were(package, tmp_path):
    again = load_package(save_package(package, tmp_path))
    # On another day somebody has more of 11 than anybody then, and nobody has 12.
    later = _matrix([(0, 11, 80.0), (1, 11, 20.0), (2, 99, 7.0)])

    scaled = tidy_csr(later, again.covariates)

    assert isinstance(scaled, csr_matrix)
    assert scaled.toarray()[:3].tolist() == [[2.0, 0.0], [0.5, 0.0], [0.0, 0.0]]


def test_what_was_left_out_survives_saving_and_stands_on_the_card(package, tmp_path):
    folder = save_package(package, tmp_path)

    left_out = load_package(folder).left_out
    card = (folder / "model_card.md").read_text()

    assert left_out.n_rare == 2
    assert left_out.redundant == ("Sex: Female",)
    assert left_out.measured_units.equals(package.left_out.measured_units)
    assert "- 2 covariates that too few people have." in card
    assert "As redundant: Sex: Female." in card
    assert "recorded in kg: 100% set aside (a unit that nothing converts)" in card
    assert "Rarely seen" not in card


def test_a_model_given_everything_says_so_with_a_0(package):
    card = write_model_card(replace(package, left_out=LeftOut()), "abc")

    assert "- 0 covariates that too few people have." in card
