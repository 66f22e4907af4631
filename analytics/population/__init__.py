"""From a target cohort to the population of a study: who stays, and who had the outcome.

`build_population` is for training and testing, where the time at risk has passed;
`as_of_population` is for prediction, where it has not.
"""

from analytics.population.as_of import as_of_population
from analytics.population.attrition import RuleOutcome, count_attrition
from analytics.population.labels import label_outcomes
from analytics.population.population import Population, build_population

__all__ = [
    "Population",
    "RuleOutcome",
    "as_of_population",
    "build_population",
    "count_attrition",
    "label_outcomes",
]
