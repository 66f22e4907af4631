"""Which treatments follow which: eras become combinations, combinations become ordered steps.

`find_pathways` gives each person's steps and pathway. The rules are TreatmentPatterns', as its
documentation means them (`compat: clean`: nothing depends on other people or on the order of rows)
or as version 3.1.0 has them (`compat: tp31`; where that differs, its steps are in `tp31/`).
"""

from analytics.pathways.finding import Courses, Pathways, as_pathways, find_courses, find_pathways
from analytics.pathways.windows import people_outside_observation

__all__ = [
    "Courses",
    "Pathways",
    "as_pathways",
    "find_courses",
    "find_pathways",
    "people_outside_observation",
]
