"""One tiny CDM, built once with plain `dbt build`: every model, test and unit test."""

import pytest

from analytics.contracts import load_contracts
from analytics.warehouse import Workspace, land, land_events, open_cdm, run_dbt
from tests.support.pictured_cdm import write_pictured_cdm


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Three people, as a CDM that no study has seen.

    Person 1 is in hospital three times (one stay is a transfer) and takes celecoxib; person 2
    dies in hospital; person 3 is observed only after the first exposure. Person 9 is not in
    `person`.
    """
    folder = tmp_path_factory.mktemp("dbt")
    cdm = write_pictured_cdm(
        folder / "cdm",
        person="""
            person_id | year_of_birth | month_of_birth | gender_concept_id | race_concept_id
                    1 |          1950 |              3 |              8532 |            8527
                    2 |          1960 |                |              8507 |            8516
                    3 |          2004 |                |                 0 |      2000001401
        """,
        observation_period="""
            person_id | observation_period_start_date | observation_period_end_date
                    1 | 2018-01-01                    | 2020-12-31
                    2 | 2018-01-01                    | 2020-06-30
                    3 | 2020-05-01                    | 2021-12-31
                    9 | 2018-01-01                    | 2025-12-31
        """,
        visit_occurrence="""
            person_id | visit_concept_id | visit_start_date | visit_end_date
                    1 |             9201 | 2019-03-01       | 2019-03-05
                    1 |             9201 | 2019-03-05       | 2019-03-09
                    1 |             9201 | 2019-04-08       | 2019-04-10
                    1 |             9202 | 2019-06-01       | 2019-06-01
                    2 |             9201 | 2020-06-20       | 2020-06-30
                    9 |             9201 | 2019-03-01       | 2019-03-05
        """,
        death="person_id | death_date\n 2 | 2020-06-30",
        condition_occurrence="""
            person_id | condition_concept_id | condition_start_date | condition_end_date
                    1 |                43000 | 2019-02-01           |
                    1 |               192671 | 2019-08-01           | 2019-08-04
        """,
        drug_exposure="""
        person_id | drug_concept_id | drug_exposure_start_date | drug_exposure_end_date |days_supply
                1 |           44000 | 2019-05-01               | 2019-05-10             |
                1 |           44000 | 2019-06-09               |                        | 5
                1 |           44000 | 2019-07-15               |                        |
                3 |         1124300 | 2020-04-30               |                        |
                9 |         1118084 | 2020-04-30               |                        |
        """,
        concept_ancestor="""
            ancestor_concept_id | descendant_concept_id
                        1118084 |                 44000
                         201826 |                 43000
        """,
    )
    workspace = Workspace(root=folder / "w")
    land(open_cdm(cdm), workspace, load_contracts("omop_cdm"))
    run_dbt(workspace, ["build"])
    land_events(workspace)
    return workspace
