"""What `truth/` holds about one batch of people: the only place that puts it together.

One Parquet file for each name below, in order of person and index date, so that the bytes do not
depend on the size of a batch. Dates are null where something never comes. Risks and chances lie
between 0 and 1 and are of the event itself, as if nobody died or left first and whether or not
anybody is there to see it.

`readmission_30d`, one row for each recorded discharge alive (`person_id`, `index_date`):
    `true_risk` that another stay begins on days 1 to 30; `event_date` on which it does;
    `n_complications` of the stay.
`diabetes_onset_1y`, one row for each adult and 1 January after a year of observation:
    `true_risk` that type 2 diabetes begins on days 1 to 365, null where it is there already
    (`had_before`); `event_date` on which it truly begins within them.
`gi_bleed_nsaid_1y`, one row for each person whose first celecoxib or diclofenac is recorded:
    `true_risk` of a haemorrhage on days 1 to 365 on the drug taken; its `event_date`;
    `is_study_member`: observed for a year before. (No row for people who began while nobody
    was looking: the first exposure on record is not their first.)
`treatment`, one row for each of the same people:
    both potential outcomes: `risk_on_celecoxib`, `risk_on_diclofenac`, `bleeds_on_celecoxib`,
    `bleeds_on_diclofenac` (one random number behind both); `takes_diclofenac` and the
    `chance_of_celecoxib` that decided it; the confounders `had_ulcer` (recorded before index) and
    `drinks` (never recorded); `illness` at index (sd); `event_date`, `death_date` and
    `leaving_date`, latent: any of them may come after another; `is_study_member`.
`statin_after_diabetes`, one row for each person whose diabetes begins while they are observed:
    `diagnosis_date`; `statin_date` on which a statin that changes nothing would begin;
    `is_begun`: alive and observed by then; `death_date`, `leaving_date`, latent.
`unrecorded`, one row for each person: facts that nobody writes down:
    `first_day_observed`; `leaving_date` and `death_date`, latent (either may come first);
    `frailty` (sd), `drinks`, `has_family_diabetes`, `care_seeking` (ratio of visits), `access` to
    care (sd), `illness` on the first day observed (sd), `expected_cost_per_year` (dollars, in a
    year in which the person is seen), `in_under_recorded_group`.
`not_recorded`, one row for each condition record that was never written:
    `person_id`, `condition_start_date`, `condition_concept_id`.
`negative_controls`, one row for each outcome that the confounders touch and the treatment does not
    (once for everybody, from `truth_of_world`): `concept_id`, `concept_name`, `rate_per_year`
    without confounders, `ratio_for_ulcer`, `ratio_for_drinking`, `ratio_for_diclofenac` (always 1).
`profile.yaml`: the profile, nothing left to defaults.
"""

import polars as pl

from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import Visits
from analytics.simulator.truth.risks import bleeding_risks, diabetes_risks, readmission_risks
from analytics.simulator.truth.treatment import statin_truth, treatment_truth
from analytics.simulator.truth.unrecorded import negative_controls, not_recorded, unrecorded_facts
from analytics.simulator.world import World


def truth_of_world(world: World) -> dict[str, pl.DataFrame]:
    """The frames of `truth/` that are about no single person; to be written once."""
    return {"negative_controls": negative_controls(world)}


def truth_of_batch(lives: Lives, visits: Visits, world: World) -> dict[str, pl.DataFrame]:
    """The frames of `truth/` about these people, by the name of their file."""
    return {
        "readmission_30d": readmission_risks(lives, visits),
        "diabetes_onset_1y": diabetes_risks(lives),
        "gi_bleed_nsaid_1y": bleeding_risks(lives),
        "treatment": treatment_truth(lives),
        "statin_after_diabetes": statin_truth(lives),
        "unrecorded": unrecorded_facts(lives, world),
        "not_recorded": not_recorded(lives, visits, world),
    }
