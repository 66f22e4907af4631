"""Table 1: what a cohort, or each group of it, is like, and how far groups lie apart.

`characterise` summarises every covariate in every group (`groups.py`), `compare_groups` adds
standardised mean differences. Both are exact and stay where they are made; `disclose` withholds
small counts and what would tell them, and rounds the rest, and `compare_disclosed` compares what is
left. `choose_characteristics` picks the rows
that a person reads, `table_1_page` draws them.
"""

from analytics.features.characterisation.characteristics import characterise
from analytics.features.characterisation.chosen import choose_characteristics
from analytics.features.characterisation.differences import (
    compare_groups,
    largest_groups,
    standardised_difference,
)
from analytics.features.characterisation.disclosed import compare_disclosed, disclose
from analytics.features.characterisation.groups import ATTRIBUTES, group_rows
from analytics.features.characterisation.html_page import PageWords, table_1_page

__all__ = [
    "ATTRIBUTES",
    "PageWords",
    "characterise",
    "choose_characteristics",
    "compare_disclosed",
    "compare_groups",
    "disclose",
    "group_rows",
    "largest_groups",
    "standardised_difference",
    "table_1_page",
]
