"""Which treatments follow which: eras become combinations, combinations become ordered steps.

`find_pathways` gives each person's steps and pathway. The rules are TreatmentPatterns' as its
documentation means them (`compat: clean`): nothing depends on other people or on the order of rows.
"""

from analytics.pathways.finding import Pathways, find_pathways

__all__ = ["Pathways", "find_pathways"]
