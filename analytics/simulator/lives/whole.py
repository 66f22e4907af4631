"""Everything that happens to a batch of people, before anybody writes it down."""

from dataclasses import dataclass, replace

import numpy as np

from analytics.simulator.draws import Flags, Floats, Integers
from analytics.simulator.lives.bleeding import Bleeding, draw_bleeding
from analytics.simulator.lives.cost import draw_access
from analytics.simulator.lives.diseases import (
    AFTER_DIABETES,
    BEFORE_DIABETES,
    Onsets,
    draw_onsets,
)
from analytics.simulator.lives.drug_courses import (
    Courses,
    draw_courses,
    draw_diabetes_lines,
    join_courses,
)
from analytics.simulator.lives.glycaemia import Glycaemia, draw_diabetes, draw_glycaemia
from analytics.simulator.lives.hospital import Stays, draw_stays
from analytics.simulator.lives.leaving import let_the_ill_leave
from analytics.simulator.lives.negative_controls import draw_negative_controls
from analytics.simulator.lives.people import People, draw_people
from analytics.simulator.lives.statins import ROSUVASTATIN, Statins, draw_statins
from analytics.simulator.timeline import NEVER
from analytics.simulator.world import World


@dataclass(frozen=True, kw_only=True)
class Lives:
    """People, their diseases, medicines, stays and deaths; observation already ends at death.

    `negative_controls` holds the day of each of those outcomes, people by outcomes; `access` how
    easily each person gets to care (sd); `leaving_day` when each person would first leave if they
    did not die (the last simulated day for those who stay).
    """

    people: People
    glycaemia: Glycaemia
    onsets: Onsets
    courses: Courses
    bleeding: Bleeding
    stays: Stays
    statins: Statins
    negative_controls: Integers
    access: Floats
    leaving_day: Integers
    death_day: Integers

    def is_observed(self, person: Integers, day: Integers) -> Flags:
        """Whether each row's day lies inside an observation period of its person (a position)."""
        people = self.people
        in_first = (day >= people.first_start[person]) & (day <= people.first_end[person])
        in_second = (day >= people.second_start[person]) & (day <= people.second_end[person])
        return np.asarray(in_first | in_second)

    def observed_until(self, person: Integers, day: Integers) -> Integers:
        """The last day of the observation period that each row's (observed) day lies in."""
        people = self.people
        in_first = day <= people.first_end[person]
        return np.where(in_first, people.first_end[person], people.second_end[person])

    def is_death_recorded(self) -> Flags:
        """Whether each person dies while observed."""
        everyone = np.arange(len(self.people))
        return (self.death_day < NEVER) & self.is_observed(everyone, self.death_day)


def draw_lives(person_id: Integers, world: World) -> Lives:
    """Draw the lives of the people with these ids, from birth to the last simulated day."""
    draws = world.draws
    people = draw_people(person_id, draws, world.site)
    glycaemia = draw_glycaemia(people, world)
    onsets = draw_onsets(BEFORE_DIABETES, people, Onsets(days={}), world)
    onsets = draw_diabetes(people, glycaemia, onsets, draws)
    onsets = draw_onsets(AFTER_DIABETES, people, onsets, world)
    people = let_the_ill_leave(people, onsets, world)
    long_term = draw_courses(people, onsets, draws)
    bleeding = draw_bleeding(people, onsets, long_term, world)
    statins = draw_statins(people, onsets, world)
    lines = draw_diabetes_lines(people, onsets, draws)
    stays, death_day = draw_stays(people, onsets, bleeding, world)
    return Lives(
        people=_end_observation_at_death(people, death_day),
        glycaemia=glycaemia,
        onsets=onsets,
        courses=_all_courses(long_term, lines, bleeding, statins),
        bleeding=bleeding,
        stays=stays,
        statins=statins,
        negative_controls=draw_negative_controls(people, onsets, world),
        access=draw_access(people, world),
        leaving_day=people.first_end,
        death_day=death_day,
    )


def _end_observation_at_death(people: People, death_day: Integers) -> People:
    returns = people.second_start <= death_day
    return replace(
        people,
        first_end=np.minimum(people.first_end, death_day),
        second_start=np.where(returns, people.second_start, NEVER),
        second_end=np.where(returns, np.minimum(people.second_end, death_day), NEVER),
    )


def _all_courses(
    long_term: Courses, lines: Courses, bleeding: Bleeding, statins: Statins
) -> Courses:
    user = np.flatnonzero(bleeding.nsaid_day < NEVER)
    # A haemorrhage ends the NSAID.
    bleed = bleeding.days[user].min(axis=1)
    start = bleeding.nsaid_day[user]
    end = bleeding.nsaid_last_day[user]
    end = np.where((bleed >= start) & (bleed < end), bleed, end)
    supply = np.full(len(user), 30)
    new = np.flatnonzero(statins.start < NEVER)
    statin = (new, np.full(len(new), ROSUVASTATIN), statins.start[new], statins.end[new])
    return join_courses(
        [(c.person, c.drug, c.start, c.end, c.days_supply) for c in (long_term, lines)]
        + [(user, bleeding.nsaid_drug[user], start, end, supply)]
        + [(*statin, np.full(len(new), 90))]
    )
