"""A typed cohort expression in, the text of one dbt model out.

`compile_cohort` writes a select that reads as a person would have written it: imports, concept
sets, one part for each criterion and rule, `final`. It gives exactly the rows that OHDSI's own
engine gives. What differs between warehouses stands in dbt macros.
"""

from analytics.phenotypes.compiler.cohort import (
    MOST_CRITERIA,
    CompiledCohort,
    CompiledModel,
    compile_cohort,
)
from analytics.phenotypes.compiler.concept_sets import (
    CompiledConceptSet,
    NamedConcept,
    agreed_concept_sets,
)
from analytics.phenotypes.compiler.entry import CompiledRule

__all__ = [
    "MOST_CRITERIA",
    "CompiledCohort",
    "CompiledConceptSet",
    "CompiledModel",
    "CompiledRule",
    "NamedConcept",
    "agreed_concept_sets",
    "compile_cohort",
]
