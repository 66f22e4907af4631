"""Small pieces of the truth's frames: dates that may never come, and people at positions."""

import numpy as np
import polars as pl

from analytics.simulator.draws import Integers
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.events import days_to_dates
from analytics.simulator.timeline import NEVER


def dates_or_null(days: Integers) -> pl.Series:
    """Day numbers as dates, null for a day that never comes."""
    comes = pl.Series(days < NEVER)
    dates = days_to_dates(np.minimum(days, NEVER))
    return pl.select(pl.when(comes).then(dates).alias("date")).to_series()


def observed_since(lives: Lives, person: Integers, day: Integers) -> Integers:
    """The first day of the observation period that each row's (observed) day lies in."""
    people = lives.people
    in_second = day >= people.second_start[person]
    return np.where(in_second, people.second_start[person], people.first_start[person])
