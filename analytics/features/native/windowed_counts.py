"""How many records of each concept start in each window; nobody gets a 0.

The ends of all windows cut the days before index into stretches. A record is counted once, in its
stretch, and a window is the sum of its stretches: many windows cost little more than one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.days import Window
from analytics.features.native.compiling import compiled
from analytics.features.native.parts import Entries, Part, Rows, kept, room
from analytics.features.native.records import NO_DAY, Taken, n_looked_at
from analytics.features.native.sorting import sort_runs

CODE_BITS = 31


@dataclass(frozen=True, kw_only=True)
class Stretches:
    """Windows by rising analysis id, and the stretches from and up to which each one lasts.

    A stretch begins on its day of `first_day`, rising, and lasts to the next; the last one is
    after all windows.
    """

    analysis_id: NDArray[np.int64]
    first_day: NDArray[np.int32]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]

    @classmethod
    def of(cls, windows: Mapping[int, Window]) -> "Stretches":
        """The stretches of the window of each analysis id."""
        ids = np.array(sorted(windows), np.int64)
        ordered = [windows[analysis_id] for analysis_id in sorted(windows)]
        firsts = [NO_DAY if w.first_day is None else w.first_day for w in ordered]
        afters = [window.last_day + 1 for window in ordered]
        cuts = np.unique(np.array([*firsts, *afters], np.int32))
        return cls(
            analysis_id=ids,
            first_day=cuts,
            begin=np.searchsorted(cuts, firsts).astype(np.int32),
            end=np.searchsorted(cuts, afters).astype(np.int32),
        )


def count_in_windows(
    rows: Rows, taken: Taken, concept_id: NDArray[np.int64], stretches: Stretches
) -> Part:
    """One entry for each row, concept and window with a record in it, by concept and window."""
    n_of_stretch = np.zeros((len(concept_id), len(stretches.first_day)), np.int32)
    met_in = np.full(len(concept_id), -1, np.int32)
    met = np.empty(len(concept_id), np.int64)
    n_windows = len(stretches.analysis_id)
    entries = room(len(rows.person_at), n_looked_at(rows, taken) * n_windows, with_value=True)
    _count(
        rows,
        taken,
        concept_id,
        stretches.first_day,
        stretches.begin,
        stretches.end,
        n_of_stretch,
        met_in,
        met,
        entries,
    )
    return kept(entries, (concept_id[:, None] * 1000 + stretches.analysis_id[None, :]).ravel())


@compiled
def _count(
    rows: Rows,
    taken: Taken,
    concept_id: NDArray[np.int64],
    first_day: NDArray[np.int32],
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    n_of_stretch: NDArray[np.int32],
    met_in: NDArray[np.int32],
    met: NDArray[np.int64],
    entries: Entries,
) -> None:
    n_windows, last = len(begin), len(first_day) - 1
    too_early, too_late = first_day[0], first_day[last]
    aside, up_to = np.empty_like(met), np.zeros(len(first_day), np.int32)
    n = 0
    for row in range(len(rows.person_at)):
        person, index_day = rows.person_at[row], rows.index_day[row]
        n_met = 0
        for record in range(taken.begin[person], taken.end[person]):
            days = taken.start_day[record] - index_day
            if days >= too_late or days < too_early:
                continue
            code = taken.concept[record]
            stretch = last - 1
            while days < first_day[stretch]:
                stretch -= 1
            if met_in[code] != row:
                met_in[code] = row
                met[n_met] = (concept_id[code] << CODE_BITS) | code
                n_met += 1
            n_of_stretch[code, stretch] += 1
        sort_runs(met, n_met, aside)
        before = n
        for nth in range(n_met):
            code = met[nth] & ((1 << CODE_BITS) - 1)
            up_to[0] = 0
            for stretch in range(last):
                up_to[stretch + 1] = up_to[stretch] + n_of_stretch[code, stretch]
                n_of_stretch[code, stretch] = 0
            for window in range(n_windows):
                found = up_to[end[window]] - up_to[begin[window]]
                if found:
                    entries.column[n] = code * n_windows + window
                    entries.value[n] = found
                    n += 1
        entries.n_of_row[row] = n - before
