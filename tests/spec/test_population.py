"""Who is in a study, and who had the outcome: said of people, on the boundary days."""

import polars as pl
import pytest

from analytics.errors import StudyError
from analytics.population import Population, as_of_population, build_population, label_outcomes
from analytics.studies import PopulationRules, Study, TimeAtRisk
from tests.support.questions import a_study, cohorts, no_rule_counts, people, periods
from tests.support.tables import table


def had_outcome(rows: pl.DataFrame) -> dict[int, bool]:
    return dict(rows.select("person_id", "had_outcome").rows())


def population_of(
    study: Study,
    cohort: pl.DataFrame,
    observation_period: pl.DataFrame | None = None,
    person: pl.DataFrame | None = None,
) -> Population:
    """The population; unless said otherwise everybody is observed from day 0 to 2000 and lives."""
    ids = cohort["person_id"].unique().sort()
    return build_population(
        study,
        cohort=cohort,
        observation_period=periods(*((one, 0, 2000) for one in ids))
        if observation_period is None
        else observation_period,
        person=people(dict.fromkeys(ids)) if person is None else person,
        rule_counts=no_rule_counts(),
    )


def who_stays(rules: PopulationRules, *args: pl.DataFrame, **study: int) -> list[int]:
    return list(population_of(a_study(rules, **study), *args).rows["person_id"])


# A person who is always in, so that somebody has the outcome.
ALWAYS = (("ill", 99, 1000, 1000), ("worse", 99, 1010, 1010))


# ---- the outcome ----


def test_an_outcome_on_the_last_day_at_risk_counts():
    population = table("""
        person_id | index_date
        ----------+-----------
                1 | 2020-01-01
                2 | 2020-01-01
    """)
    outcomes = table("""
        person_id | outcome_date
        ----------+-------------
                1 | 2020-01-31
                2 | 2020-02-01
    """)

    labelled = label_outcomes(population, outcomes, TimeAtRisk(first_day=1, last_day=30))

    assert had_outcome(labelled) == {1: True, 2: False}


def test_an_outcome_on_the_index_day_does_not_count_when_the_time_at_risk_begins_after_it():
    rows = population_of(
        a_study(),
        cohorts(
            *(("ill", one, 1000, 1000) for one in (1, 2)),
            ("worse", 1, 1000, 1000),
            ("worse", 2, 1001, 1001),
        ),
    ).rows

    assert had_outcome(rows) == {1: False, 2: True}


def test_the_first_of_several_outcomes_is_the_one_that_is_dated():
    rows = population_of(
        a_study(),
        cohorts(("ill", 1, 1000, 1000), *(("worse", 1, day, day) for day in (1020, 990, 1007))),
    ).rows

    assert list(rows["days_to_outcome"]) == [7]


def test_the_index_date_is_the_end_of_the_target_where_the_study_says_so():
    rows = population_of(
        a_study(index="end"), cohorts(("ill", 1, 1000, 1005), ("worse", 1, 1006, 1006))
    ).rows

    assert list(rows["index_day"]) == [1005]
    assert list(rows["days_to_outcome"]) == [1]


def test_the_risk_window_ends_with_observation():
    rows = population_of(
        a_study(),
        cohorts(("ill", 1, 1000, 1000), ("worse", 1, 1012, 1012), *ALWAYS),
        periods((1, 900, 1011), (99, 0, 2000)),
        people({1: None, 99: None}),
    ).rows.filter(pl.col("person_id") == 1)

    assert rows.select(
        "days_of_prior_observation",
        "days_observed_after",
        "risk_window_first_day",
        "risk_window_last_day",
        "had_outcome",
    ).rows() == [(100, 11, 1001, 1011, False)]


# ---- who stays ----


def test_the_index_date_may_be_the_first_but_not_lie_outside_of_observation():
    kept = who_stays(
        PopulationRules(),
        cohorts(*(("ill", one, 1000, 1000) for one in (1, 2, 3, 4)), *ALWAYS),
        periods((1, 1000, 1100), (2, 1001, 1100), (3, 900, 999), (4, 900, 1001), (99, 0, 2000)),
        people(dict.fromkeys((1, 2, 3, 4, 99))),
    )

    assert kept == [1, 4, 99]


def test_whoever_is_observed_only_up_to_the_index_date_has_no_day_at_risk():
    kept = who_stays(
        PopulationRules(),
        cohorts(("ill", 1, 1000, 1000), ("ill", 2, 1000, 1000), *ALWAYS),
        periods((1, 900, 1000), (2, 900, 1001), (99, 0, 2000)),
        people(dict.fromkeys((1, 2, 99))),
    )

    assert kept == [2, 99]


def test_whoever_died_before_the_index_date_is_left_out():
    kept = who_stays(
        PopulationRules(),
        cohorts(("ill", 1, 1000, 1000), ("ill", 2, 1000, 1000), *ALWAYS),
        periods(*((one, 0, 2000) for one in (1, 2, 99))),
        people({1: 999, 2: 1000, 99: None}),
    )

    assert kept == [2, 99]


def test_exactly_as_many_days_of_observation_as_the_washout_asks_for_are_enough():
    kept = who_stays(
        PopulationRules(washout_days=365),
        cohorts(("ill", 1, 1000, 1000), ("ill", 2, 1000, 1000), *ALWAYS),
        periods((1, 1000 - 365, 2000), (2, 1000 - 364, 2000), (99, 0, 2000)),
        people(dict.fromkeys((1, 2, 99))),
    )

    assert kept == [1, 99]


def test_only_the_first_index_date_is_kept_and_a_later_one_does_not_stand_in_for_it():
    population = population_of(
        a_study(PopulationRules(first_index_only=True, washout_days=100)),
        cohorts(
            *(("ill", 1, day, day) for day in (150, 1000)),
            *(("ill", 2, day, day) for day in (50, 1000)),
            ("worse", 1, 160, 160),
        ),
    )

    assert population.rows.select("person_id", "index_day").rows() == [(1, 150)]


def test_the_lookback_for_a_prior_outcome_includes_both_its_ends():
    days_of_outcome = {1: 1000 - 31, 2: 1000 - 30, 3: 1000, 4: 1001}
    kept = who_stays(
        PopulationRules(remove_prior_outcome=True, prior_outcome_lookback_days=30),
        cohorts(
            *(("ill", one, 1000, 1000) for one in days_of_outcome),
            *(("worse", one, day, day) for one, day in days_of_outcome.items()),
        ),
    )

    assert kept == [1, 4]


def test_a_lookback_of_0_looks_at_the_index_day():
    kept = who_stays(
        PopulationRules(remove_prior_outcome=True, prior_outcome_lookback_days=0),
        cohorts(
            *(("ill", one, 1000, 1000) for one in (1, 2)),
            ("worse", 1, 1000, 1000),
            ("worse", 2, 999, 999),
            *ALWAYS,
        ),
    )

    assert kept == [2, 99]


def test_without_a_lookback_an_outcome_at_any_time_before_counts_also_before_observation():
    kept = who_stays(
        PopulationRules(remove_prior_outcome=True),
        cohorts(("ill", 1, 1000, 1000), ("worse", 1, 5, 5), *ALWAYS),
        periods((1, 900, 2000), (99, 0, 2000)),
        people(dict.fromkeys((1, 99))),
    )

    assert kept == [99]


def test_a_gap_between_index_and_time_at_risk_belongs_to_the_prior_outcome():
    kept = who_stays(
        PopulationRules(remove_prior_outcome=True),
        cohorts(
            *(("ill", one, 1000, 1000) for one in (1, 2)),
            ("worse", 1, 1009, 1009),
            ("worse", 2, 1010, 1010),
        ),
        first_day=10,
    )

    assert kept == [2]


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        (PopulationRules(), [1, 2, 3, 4, 99]),
        ({"death_completes_time_at_risk": False}, [1, 99]),
        ({"death_completes_time_at_risk": True}, [1, 3, 99]),
        ({"death_completes_time_at_risk": False, "include_all_outcomes": True}, [1, 4, 99]),
    ],
)
def test_time_at_risk_must_be_seen_or_end_in_death_or_in_the_outcome_as_the_study_says(
    rules: PopulationRules | dict[str, bool], kept: list[int]
):
    # 1 is seen for 30 days at risk, 2 for 29; 3 dies on day 10; 4 has the outcome, then leaves.
    if isinstance(rules, dict):
        rules = PopulationRules(require_time_at_risk=True, min_time_at_risk_days=30, **rules)

    assert kept == who_stays(
        rules,
        cohorts(
            *(("ill", one, 1000, 1000) for one in (1, 2, 3, 4)), ("worse", 4, 1005, 1005), *ALWAYS
        ),
        periods((1, 0, 1030), (2, 0, 1029), (3, 0, 1010), (4, 0, 1006), (99, 0, 2000)),
        people({1: None, 2: None, 3: 1010, 4: None, 99: None}),
    )


def test_a_death_long_after_observation_ended_does_not_complete_the_time_at_risk():
    rules = PopulationRules(require_time_at_risk=True, min_time_at_risk_days=30)
    kept = who_stays(
        rules,
        cohorts(*(("ill", one, 1000, 1000) for one in (1, 2, 3)), *ALWAYS),
        periods((1, 0, 1010), (2, 0, 1010), (3, 0, 1010), (99, 0, 2000)),
        people({1: 1011, 2: 1012, 3: 1031, 99: None}),
    )

    assert kept == [1, 99]


def test_a_person_in_the_target_twice_on_a_day_has_one_row_and_the_attrition_says_so():
    population = population_of(
        a_study(),
        cohorts(("ill", 1, 1000, 1000), ("ill", 1, 1000, 1010), ("worse", 1, 1001, 1001)),
    )

    assert population.rows.height == 1
    assert population.attrition.select("rule", "n_rows").rows()[:3] == [
        ("Target cohort: ill", 2),
        ("Observed and alive on the index date", 2),
        ("One row for each person and index date", 1),
    ]


def test_rows_are_numbered_from_0_in_the_order_of_person_and_day():
    rows = population_of(
        a_study(),
        cohorts(
            *(("ill", one, day, day) for one, day in ((7, 1200), (7, 1000), (3, 1100))), *ALWAYS
        ),
    ).rows

    assert rows.select("row_id", "person_id", "index_day").rows() == [
        (0, 3, 1100),
        (1, 7, 1000),
        (2, 7, 1200),
        (3, 99, 1000),
    ]


# ---- attrition ----


def test_attrition_counts_rows_people_and_outcomes_after_each_rule_and_notes_short_observation():
    attrition = population_of(
        a_study(PopulationRules(washout_days=365)),
        cohorts(
            ("ill", 1, 1000, 1000),
            ("ill", 1, 1100, 1100),
            ("ill", 2, 1000, 1000),
            ("ill", 3, 1000, 1000),
            ("ill", 4, 2500, 2500),
            ("worse", 1, 1010, 1010),
            ("worse", 3, 1020, 1020),
            ("worse", 4, 2510, 2510),
        ),
        periods((1, 0, 2000), (2, 0, 1010), (3, 990, 2000), (4, 0, 2000)),
        people(dict.fromkeys((1, 2, 3, 4))),
    ).attrition

    assert attrition.columns == [
        "step_number",
        "rule",
        "is_applied",
        "n_rows",
        "n_people",
        "n_outcomes",
        "n_people_with_outcome",
    ]
    assert attrition.rows() == [
        (1, "Target cohort: ill", True, 5, 4, 3, 3),
        (2, "Observed and alive on the index date", True, 4, 3, 2, 2),
        (3, "At least 365 days of observation before the index date", True, 3, 2, 1, 1),
        (4, "Observed on the first day at risk", True, 3, 2, 1, 1),
        (5, "Note: observed for less than the whole time at risk, and kept", False, 1, 1, 0, 0),
    ]


def test_a_study_in_which_nobody_has_the_outcome_is_refused_with_what_each_rule_left():
    with pytest.raises(StudyError) as raised:
        population_of(a_study(), cohorts(("ill", 1, 1000, 1000), ("worse", 1, 1031, 1031)))

    said = str(raised.value)
    assert "worse_30d: nobody in the population has the outcome 'worse' on days 1 to 30" in said
    assert "Target cohort: ill: 1 rows, 0 with the outcome" in said
    assert "the outcome cohort has 1 rows in all" in said


def test_a_study_whose_target_is_empty_is_refused_with_what_the_cohorts_rules_left():
    rules = pl.DataFrame(
        {
            "cohort_name": ["ill", "ill", "worse"],
            "rule_number": [2, 1, 1],
            "rule": ["Inside an observation period", "First exposure", "Any"],
            "n_rows": [0, 12, 5],
            "n_people": [0, 12, 5],
        }
    )

    with pytest.raises(StudyError, match=r"'First exposure' leaves 12; 'Inside an .* leaves 0"):
        build_population(
            a_study(),
            cohort=cohorts(("worse", 1, 1000, 1000)),
            observation_period=periods((1, 0, 2000)),
            person=people({1: None}),
            rule_counts=rules,
        )


# ---- whom to predict for ----


def listed(
    study: Study,
    cohort: pl.DataFrame,
    observation_period: pl.DataFrame | None = None,
    person: pl.DataFrame | None = None,
) -> dict[int, int]:
    """The index day of each person listed as of day 1000."""
    ids = cohort["person_id"].unique().sort()
    rows = as_of_population(
        study,
        1000,
        cohort=cohort,
        observation_period=periods(*((one, 0, 2000) for one in ids))
        if observation_period is None
        else observation_period,
        person=people(dict.fromkeys(ids)) if person is None else person,
    )
    assert list(rows["row_id"]) == list(range(rows.height))
    return dict(rows.select("person_id", "index_day").rows())


def test_prevalent_lists_those_in_the_target_that_day_who_have_not_had_the_outcome():
    ill = ((1, 900, 1000), (2, 900, 999), (3, 999, 1500), (4, 900, 1500), (5, 900, 1500))

    assert listed(
        a_study(),
        cohorts(*(("ill", *one) for one in ill), ("worse", 4, 999, 999), ("worse", 5, 1000, 1000)),
    ) == {1: 1000, 3: 1000, 5: 1000}


def test_entering_the_target_that_day_is_not_known_yet_but_going_on_is():
    # 2 goes on from one calendar year to the next; 1 and 3 enter it that day.
    ill = ((1, 1000, 1365), (2, 635, 999), (2, 1000, 1365), (3, 635, 998), (3, 1000, 1365))

    assert listed(a_study(), cohorts(*(("ill", *one) for one in ill))) == {2: 1000}


def test_only_people_alive_and_observed_that_day_are_listed():
    assert listed(
        a_study(),
        cohorts(*(("ill", one, 900, 1500) for one in (1, 2, 3, 4))),
        periods((1, 0, 999), (2, 0, 1000), (3, 0, 2000), (4, 0, 2000)),
        people({1: None, 2: None, 3: 999, 4: 1000}),
    ) == {2: 1000, 4: 1000}


def test_event_lists_the_latest_index_date_in_the_days_before_without_the_outcome_since():
    index_days = ((1, 969), (2, 970), (3, 999), (4, 1000), (5, 980), (6, 980), (7, 975), (7, 985))

    assert listed(
        a_study(within_days=30),
        cohorts(
            *(("ill", one, day, day) for one, day in index_days),
            ("worse", 5, 990, 990),
            ("worse", 6, 1000, 1000),
        ),
    ) == {2: 970, 3: 999, 6: 980, 7: 985}


def test_the_studys_own_exclusions_hold_for_prediction_too():
    rules = PopulationRules(first_index_only=True, washout_days=100, remove_prior_outcome=True)

    assert listed(
        a_study(rules, within_days=30),
        cohorts(
            *(("ill", one, 980, 980) for one in (1, 2, 3, 4)),
            ("ill", 2, 900, 900),
            ("worse", 3, 500, 500),
        ),
        periods((1, 880, 2000), (2, 0, 2000), (3, 0, 2000), (4, 881, 2000)),
        people(dict.fromkeys((1, 2, 3, 4))),
    ) == {1: 980}


@pytest.mark.parametrize("within_days", [None, 30])
def test_nothing_of_that_day_or_later_changes_who_is_listed(within_days: int | None):
    study = a_study(PopulationRules(remove_prior_outcome=True), within_days=within_days)
    cohort = cohorts(("ill", 1, 980, 1200), ("ill", 2, 990, 1200), ("worse", 2, 995, 995))
    observed = periods((1, 0, 1000), (2, 0, 1000), (3, 0, 1000))
    person = people({1: None, 2: None, 3: None})
    now = as_of_population(study, 1000, cohort=cohort, observation_period=observed, person=person)

    later = as_of_population(
        study,
        1000,
        cohort=pl.concat(
            [
                cohort,
                cohorts(
                    ("ill", 1, 1000, 1100),
                    ("ill", 3, 1000, 1100),
                    ("ill", 3, 1001, 1100),
                    ("worse", 1, 1000, 1000),
                    ("worse", 1, 1010, 1010),
                ),
            ]
        ),
        observation_period=observed.with_columns(end_day=pl.lit(3000, dtype=pl.Int32)),
        person=people({1: 1000, 2: None, 3: 1500}),
    )

    assert list(now["person_id"]) == [1]
    assert later.equals(now)
