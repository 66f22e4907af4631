"""TreatmentPatterns 3.1.0 as it is, where that differs from what its documentation means.

`collapse_eras_as_tp31`, `combine_as_tp31` and `split_names_as_tp31` stand in for the steps of the
`clean` reading; windows, order and length are the same code, which says where it asks for the
reading. What differs:

* an era ends with its last record, not with its latest end; a gap is measured from the last record;
  records that contain one another can lose the era its beginning (`eras.py`);
* an era has the days of its last record, until anybody has an overlap;
* a record shorter than `min_post_combination_duration` goes, touched or not, as soon as anybody has
  an overlap: so one person's pathway hangs on the others of the same target (`rounds.py`);
* with `keep`, nothing of a person is looked at after the first overlap that is kept, and one that
  is short is kept though it be the whole of a record;
* `changes` merges nothing; `min_era_duration` holds for target and exit rows too; target rows that
  overlap count an event twice; episodes are numbered in the order of the rows;
* long use is called `As (therapy)`, and of several split events only the last has a name.

Ties of start and end are broken by the order of the events. The package breaks them by the order of
its rows, and some of its comparisons reach into the next person's: there it disagrees with itself
from run to run, and is not repeated.
"""

from analytics.pathways.tp31.eras import collapse_eras_as_tp31
from analytics.pathways.tp31.names import split_names_as_tp31
from analytics.pathways.tp31.rounds import combine_as_tp31

__all__ = ["collapse_eras_as_tp31", "combine_as_tp31", "split_names_as_tp31"]
