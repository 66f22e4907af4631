"""A study says how its covariates are tidied; the studies that ship leave out the rare only."""

import pytest

from analytics.features import TidyRules
from analytics.pipelines.learning import tidy_rules
from analytics.studies import Study, list_studies, load_study


@pytest.mark.parametrize("name", ["readmission_30d", "gi_bleed_nsaid_1y", "diabetes_onset_1y"])
def test_the_studies_that_ship_leave_out_rare_covariates_only(name: str):
    assert name in list_studies()
    study = load_study(name)
    assert isinstance(study, Study)

    people = study.covariates.min_people_per_covariate
    assert tidy_rules(study) == TidyRules(min_people=people)
    assert people >= 10


def test_a_study_may_ask_for_more():
    study = load_study("readmission_30d")
    assert isinstance(study, Study)
    asked = study.covariates.model_copy(
        update={"min_people_per_covariate": 7, "remove_redundant": True, "scale_by_largest": True}
    )

    rules = tidy_rules(study.model_copy(update={"covariates": asked}))

    assert rules == TidyRules(min_people=7, removes_redundant=True, scales=True)
